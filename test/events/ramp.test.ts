import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import type { State } from '../../src/core/state.js'
import { changesOf, createEventMachine, type EventMachine } from '../../src/events/index.js'
import { MOST_RAMP, NO_SUMS, rampBefore, withSample } from '../../src/events/ramp.js'
import { SEGMENT_NUMBERS_BEFORE, segmentFinder } from '../../src/events/segment.js'

const beforeOf = (sharp: readonly number[]) =>
  rampBefore(
    sharp.reduce((sums, value, t) => withSample(sums, t, value), NO_SUMS),
    sharp.length,
  )

/** Logarithms of squared errors, in units of a level of twice the noise: a ramp of `height` noises over `length` samples, noise included. */
function ramp(length: number, height: number, seed: number): number[] {
  const random = createRandom(seed)
  return Array.from({ length }, (_, i) => {
    const reading = (height * (i + 1)) / length + random.normal()
    return Math.log((reading * reading) / 2 + 1e-3)
  })
}

describe('rampBefore', () => {
  it('is where a straight line through the amplitudes is 0, by the least squares of all samples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 200 }), fc.integer({ min: 1, max: 60 }), (n, before) => {
        const sharp = Array.from({ length: n }, (_, t) => Math.log((0.1 * (t + before)) ** 2 + 0.5))
        fc.pre(before !== n - 1)
        const isRamp = before <= 0.5 * (n - 1 + before)
        expect(beforeOf(sharp)).toBe(isRamp ? Math.min(before, Math.ceil(n / 2), MOST_RAMP) : 0)
      }),
      { seed: 1 },
    )
  })

  it('is 0 of a step, of what falls, of noise and of a few samples', () => {
    const random = createRandom(1)
    expect(beforeOf(Array(50).fill(3))).toBe(0)
    expect(beforeOf(Array.from({ length: 50 }, (_, t) => 5 - 0.1 * t))).toBe(0)
    expect(beforeOf(Array.from({ length: 50 }, () => random.normal()))).toBe(0)
    expect(beforeOf([1, 2, 3, 4])).toBe(0)
    expect(rampBefore({ amplitudes: Number.NaN, squares: Number.NaN, byTime: Number.NaN }, 50)).toBe(0)
  })

  it.each([1, 2, 3, 4, 5, 6])(
    'finds the begin of a drift in noise to a tenth of its length, seed %i',
    seed => {
      const finder = segmentFinder()
      const sharp = [...Array(60).fill(-0.7), ...ramp(200, 20, seed), ...Array(20).fill(-0.7)]
      sharp.forEach((value, i) => {
        finder.push(i, 500 * i, value, true)
      })
      const { start = 0, startMs, end } = finder.best() ?? {}
      expect(Math.abs(start - 60)).toBeLessThanOrEqual(20)
      expect(startMs).toBe(500 * start)
      expect(end).toBe(260)
    },
  )
})

describe('an event that grows evenly', () => {
  const sharp = [...Array(60).fill(-0.7), ...ramp(200, 20, 1), ...Array(20).fill(-0.7)]
  const machineOf = (from?: State) => createEventMachine(['a'], 'index', {}, from)

  /** The events that close with samples `[start, end)`, and what was settled after each. */
  function run(machine: EventMachine, start = 0, end = sharp.length) {
    const closed: AnomalyEvent[] = []
    const settled: number[] = []
    for (let i = start; i < end; i++) {
      const score = i > 120 && i < 258 ? 2 : 0.2
      const step = machine.push({ timeMs: i, score, residual: [1], sharp: sharp[i] })
      closed.push(...changesOf(step).flatMap(({ type, event }) => (type === 'closed' ? [event] : [])))
      settled.push(machine.settled())
    }
    return { closed, settled }
  }

  it('begins where it began, and no sample of it was called settled before, but for the ramp', () => {
    const { closed, settled } = run(machineOf())
    const [{ start, onset, end }] = closed
    expect(closed).toHaveLength(1)
    expect(Math.abs(start - 60)).toBeLessThanOrEqual(20)
    expect([onset, end]).toEqual([start, 260])
    for (const first of settled.slice(0, 258)) expect(first).toBeLessThanOrEqual(start + MOST_RAMP)
  })

  it('goes on from a state that knows no ramps', () => {
    const machine = machineOf()
    run(machine, 0, 100)
    const state = machine.state()
    const { data } = state.arrays.segments
    const [half, before] = [data.length / 2, SEGMENT_NUMBERS_BEFORE / 2]
    const known = Float64Array.from([...data.slice(0, before), ...data.slice(half, half + before)])
    const segments = { shape: [known.length], data: known }
    const { closed } = run(machineOf({ ...state, arrays: { ...state.arrays, segments } }), 100)
    expect(closed.map(({ end }) => end)).toEqual([260])
    expect(closed[0].start).toBeGreaterThan(60)
  })
})
