import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { longestRun } from '../../src/explain/run.js'

const frameOf = (...values: number[]): Frame => ({
  timeMs: Float64Array.from(values, (_, i) => i),
  timeKind: 'index',
  values: Float64Array.from(values),
  channels: ['a'],
})
const usual = { spread: 2 }

describe('the longest run of a channel', () => {
  it('has its first sample, length, reading, the step to it and the other repetitions', () => {
    const frame = frameOf(1, 1, 5, 9, 9, 9, 2)
    expect(longestRun(frame, 0, { start: 0, end: 7 }, usual)).toEqual({
      start: 3,
      samples: 3,
      value: 9,
      step: 2,
      others: 1,
    })
  })

  it('is followed beyond the range', () => {
    const frame = frameOf(3, 7, 7, 7, 7, 7, 8)
    const run = { start: 1, samples: 5, value: 7, step: 2, others: 0 }
    expect(longestRun(frame, 0, { start: 3, end: 5 }, usual)).toEqual(run)
  })

  it('is none of readings that are missing', () => {
    const frame = frameOf(Number.NaN, Number.NaN, Number.NaN)
    expect(longestRun(frame, 0, { start: 0, end: 3 }, usual).samples).toBe(0)
  })
})
