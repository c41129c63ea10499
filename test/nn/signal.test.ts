import { describe, expect, it } from 'vitest'
import { createKernels } from '../../src/kernels/index.js'
import { copyTimeMajor, isTimeMajor, rowGradient, timeMajor } from '../../src/nn/signal.js'

/** Rows numbered 0, 1, 2, ..., each of the numbers 10 row and 10 row + 1. */
function signal(rows: number, stepRows: number, batchRows: number) {
  const data = Float32Array.from({ length: rows * 2 }, (_, i) => 10 * Math.floor(i / 2) + (i % 2))
  return { data, rows, stepRows, batchRows }
}

/** Row numbers of a time-major array. */
const rowsOf = (values: Float32Array) => [...values].filter((_, i) => i % 2 === 0).map(value => value / 10)

describe('a signal as [steps, batch, width]', () => {
  it('is its own data when it lies so already', () => {
    const own = signal(6, 2, 1)
    expect(timeMajor(new Float32Array(12), own, 3, 2, 2)).toBe(own.data)
    expect(isTimeMajor(signal(2, 0, 1), 1, 2)).toBe(true)
  })

  it('is copied from overlapping windows and from a repeated vector', () => {
    const room = new Float32Array(12)
    expect(rowsOf(timeMajor(room, signal(5, 1, 2), 3, 2, 2))).toEqual([0, 2, 1, 3, 2, 4])
    expect(rowsOf(timeMajor(room, signal(2, 0, 1), 3, 2, 2))).toEqual([0, 1, 0, 1, 0, 1])
    expect([...room.subarray(0, 4)]).toEqual([0, 1, 10, 11])
  })

  it('is copied whole when a copy is asked for, and no more than whole', () => {
    const out = new Float32Array(14).fill(-10)
    copyTimeMajor(out, signal(9, 2, 1), 3, 2, 2)
    expect(rowsOf(out)).toEqual([0, 1, 2, 3, 4, 5, -1])
  })

  it('sums the gradient of a repeated vector over its steps, in place if wanted', () => {
    const k = createKernels({ bytes: 256 })
    const gradient = k.alloc(12)
    gradient.set(Array.from({ length: 12 }, (_, i) => i))
    expect(rowGradient(k, gradient, gradient, signal(6, 2, 1), 3, 2, 2)).toBe(gradient)
    expect([...rowGradient(k, gradient, gradient, signal(2, 0, 1), 3, 2, 2).subarray(0, 4)]).toEqual([
      12, 15, 18, 21,
    ])
  })
})
