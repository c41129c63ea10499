import { describe, expect, it } from 'vitest'
import type { Frame, Interval } from '../../src/core/frame.js'
import { type ChannelCourse, type ChannelShape, type Reference, shapeOf } from '../../src/explain/index.js'

const N = 60
const sawtooth = (size: number) => Float64Array.from({ length: N }, (_, i) => 50 + (i % 2) * size)
const usual = {
  name: 'a',
  median: 50,
  spread: 1,
  usualDistance: 3,
  roughness: 1,
  min: 0,
  max: 100,
  longestRun: 1,
  hasMany: true,
}
/** Normal operation in which the level swings by 2 at most. */
const normal: Frame = {
  timeMs: Float64Array.from({ length: 200 }, (_, i) => i),
  timeKind: 'index',
  values: Float64Array.from({ length: 200 }, (_, i) => 50 + (i % 50 < 25 ? 2 : 0)),
  channels: ['a'],
}
const reference = {
  frame: normal,
  intervals: [{ start: 0, end: 200 }],
  channels: [usual],
} as unknown as Reference

const unrestOf = (readings: Float64Array, expected: Float64Array) => shape(readings, expected).unrest

function shape(
  readings: Float64Array,
  expected: Float64Array,
  event: Interval = { start: 20, end: 40 },
): ChannelShape {
  const timeMs = Float64Array.from({ length: N }, (_, i) => i)
  const frame: Frame = { timeMs, timeKind: 'index', values: readings, channels: ['a'] }
  const none = new Float32Array(N)
  const course: ChannelCourse = {
    channel: 0,
    name: 'a',
    range: { start: 0, end: N },
    expected,
    halfBand: 4,
    deviation: readings.map((reading, i) => reading - expected[i]),
    left: null,
    outside: null,
    isOld: false,
  }
  return shapeOf({ frame, score: none, residual: none }, reference, course, event)
}

describe('the unrest of a channel', () => {
  it('is how much more its readings change than usual', () => {
    expect(unrestOf(sawtooth(10), sawtooth(0))).toBeCloseTo(10 / 0.6745, 3)
  })

  it('leaves out what the other channels call for, and gets none from them', () => {
    expect(unrestOf(sawtooth(10), sawtooth(9))).toBeCloseTo(1 / 0.6745, 3)
    expect(unrestOf(sawtooth(1), sawtooth(9))).toBeCloseTo(1 / 0.6745, 3)
  })
})

describe('the step of a channel', () => {
  const flat = new Float64Array(N).fill(50)
  const stepOf = (reading: (i: number) => number) =>
    shape(
      flat.map((_, i) => reading(i)),
      flat,
    ).step

  it('is the change of its level between two samples, in usual changes', () => {
    expect(stepOf(i => (i < 30 ? 50 : 70))).toBe(20)
  })

  it('is none of a ramp, of a short spike or of readings that swing', () => {
    expect(stepOf(i => 50 + 3 * i)).toBeCloseTo(0, 9)
    expect(stepOf(i => (i === 30 || i === 31 ? 90 : 50))).toBe(0)
    expect(stepOf(i => 50 + 20 * (i % 2))).toBe(0)
  })
})

describe('the jump of a channel', () => {
  const jumpOf = (reading: (i: number) => number, expected: (i: number) => number) =>
    shape(
      Float64Array.from({ length: N }, (_, i) => reading(i)),
      Float64Array.from({ length: N }, (_, i) => expected(i)),
    ).jump
  const step = (i: number) => (i < 20 ? 50 : 60)

  it('is its step over the largest in normal operation, whatever is expected of it', () => {
    expect(jumpOf(step, step)).toBe(5)
    expect(jumpOf(step, () => 50)).toBe(5)
  })

  it('is sought where the event begins, and is none of a ramp', () => {
    expect(jumpOf(i => (i < 35 ? 50 : 60), step)).toBe(0)
    expect(jumpOf(i => 50 + 3 * i, step)).toBeCloseTo(0, 9)
  })
})

describe('the share of an event beyond the history', () => {
  const flat = new Float64Array(N).fill(50)
  const beyondOf = (reading: (i: number) => number, event = { start: 20, end: 40 }) =>
    shape(
      flat.map((_, i) => reading(i)),
      flat,
      event,
    ).beyond

  it('counts the samples of the event, whatever its band is', () => {
    expect(beyondOf(() => 50)).toBe(0)
    expect(beyondOf(() => 101)).toBe(0)
    expect(beyondOf(i => (i < 25 ? 50 : 110))).toBe(0.75)
    expect(beyondOf(i => (i < 25 ? Number.NaN : -10))).toBe(0.75)
    expect(beyondOf(i => (i < 20 ? 110 : 50))).toBe(0)
  })

  it('is small for an event as short as a spike', () => {
    expect(beyondOf(() => 110, { start: 20, end: 23 })).toBe(3 / 8)
  })
})
