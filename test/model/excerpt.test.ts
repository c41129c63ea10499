import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { loadExcerpt, takeExcerpt } from '../../src/model/excerpt.js'

function history(n: number): Frame {
  const values = Float64Array.from({ length: 2 * n }, (_, at) => at / 2)
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => 60_000 * i),
    timeKind: 'utc',
    values,
    channels: ['a', 'b'],
  }
}
const context = { stage: 'excerpt', channels: 2 }

describe('an excerpt of a history', () => {
  it('has segments of consecutive samples from its first to its last', () => {
    const { frame, segment } = takeExcerpt(history(5000))
    const minutes = Array.from(frame.timeMs, time => time / 60_000)
    expect([minutes.length, minutes[0], minutes.at(-1), segment]).toEqual([1024, 0, 4999, 32])
    for (let i = 1; i < minutes.length; i++)
      if (i % segment !== 0) expect(minutes[i] - minutes[i - 1]).toBe(1)
      else expect(minutes[i] - minutes[i - 1]).toBeGreaterThan(100)
    expect(Array.from(frame.values.subarray(80, 82))).toEqual([minutes[40], minutes[40] + 0.5])
  })

  it('is the whole of a short history', () => {
    const { frame, segment } = takeExcerpt(history(100))
    expect(frame.timeMs).toEqual(history(100).timeMs)
    expect(segment).toBe(100)
  })

  it('comes back from its state, and damage is named', () => {
    const made = takeExcerpt(history(2000))
    const back = loadExcerpt(made.state(), ['a', 'b'], context)
    expect(back.frame).toEqual(made.frame)
    expect(back.state()).toEqual(made.state())
    const { arrays, ...rest } = made.state()
    const timeMs = { shape: [1024], data: Float64Array.from(arrays.timeMs.data).fill(Number.NaN, 3, 4) }
    expect(() => loadExcerpt({ ...rest, arrays: { ...arrays, timeMs } }, ['a', 'b'], context)).toThrow(
      /timeMs\[3\]/,
    )
    const wide = { ...arrays, values: { shape: [1024, 1], data: new Float32Array(1024) } }
    expect(() => loadExcerpt({ ...rest, arrays: wide }, ['a', 'b'], context)).toThrow(/values/)
  })
})
