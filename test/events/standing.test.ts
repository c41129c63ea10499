import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { createEventMachine, type EventOptions } from '../../src/events/index.js'
import { changesOf } from '../../src/events/machine.js'
import { STANDING, standingAlarm } from '../../src/events/standing.js'

/** A score that is normal for 100 samples, then stands at 2 with noise, rises to `top` for `length` samples from `at` on, and is normal again at the end. */
function standing({ at = 1500, top = 10, length = 60, samples = 2400 } = {}): number[] {
  const random = createRandom(1)
  return Array.from({ length: samples }, (_, i) => {
    if (i < 100 || i >= samples - 100) return 0.3
    const level = i >= at && i < at + length ? top : 2
    return level * Math.exp(0.1 * random.normal())
  })
}

const sampleAt = (scores: readonly number[], i: number) => ({
  timeMs: 1000 * i,
  score: scores[i],
  residual: [scores[i], 1],
  sharp: Math.log(scores[i]),
})

function eventsOf(scores: readonly number[], options: EventOptions = {}): AnomalyEvent[] {
  const machine = createEventMachine(['a', 'b'], 'utc', options)
  const steps = scores.map((_, i) => machine.push(sampleAt(scores, i)))
  return [...steps, machine.finish()]
    .flatMap(changesOf)
    .flatMap(({ type, event }) => (type === 'closed' ? [event] : []))
}

const spans = (scores: readonly number[], options: EventOptions = {}) =>
  eventsOf(scores, options).map(({ start, end }) => [start, end])

describe('an event that has lasted for 1,024 samples', () => {
  it('is three events where its score rises above what it has been since: before, during and after that', () => {
    expect(spans(standing())).toEqual([
      [100, 1500],
      [1500, 1560],
      [1560, 2300],
    ])
    const [before, rise, after] = eventsOf(standing())
    for (const { score } of [before, after]) expect(score).toBeLessThan(3)
    expect(rise).toMatchObject({ onset: 1500, times: { startMs: 1_500_000, lastMs: 1_559_000 } })
    expect(new Set([before.id, rise.id, after.id]).size).toBe(3)
    expect(rise.score).toBeGreaterThan(9)
    expect(before.peak).toBeLessThan(1500)
    expect(rise.peak).toBeGreaterThanOrEqual(1500)
  })

  it('has its border where a rise begins and ends, above half of it', () => {
    const slow = (i: number) => (i < 1500 || i >= 1700 ? 2 : 2 * 8 ** (1 - Math.abs(i - 1600) / 100))
    const scores = Array.from({ length: 2400 }, (_, i) => (i < 100 || i >= 2300 ? 0.3 : slow(i)))
    // Half of a rise to twice as much is a factor of 1.41, a sixth of the way up; on the way up its samples are learnt from.
    expect(spans(scores)).toEqual([
      [100, 1517],
      [1517, 1683],
      [1683, 2300],
    ])
  })

  it('does not count how it began: a smooth score takes hours to get there', () => {
    const scores = standing({ at: 1800, samples: 2700 }).map((score, i) =>
      i >= 100 && i < 400 ? 1 + (score - 1) * ((i - 100) / 300) ** 4 : score,
    )
    expect(spans(scores).map(([start]) => start)).toEqual([101, 1800, 1860])
  })

  it('ends at each rise', () => {
    const scores = standing().map((score, i) => (i >= 1700 && i < 1750 ? 10 : score))
    expect(spans(scores).map(([start]) => start)).toEqual([100, 1500, 1560, 1700, 1750])
  })

  it('ends at a rise after a long and high one, and at one above a level that has become usual', () => {
    const burst = standing({ top: 40, length: 80 }).map((score, i) => (i >= 2000 && i < 2050 ? 10 : score))
    expect(spans(burst).map(([start]) => start)).toEqual([100, 1500, 1580, 2000, 2050])
    const lasting = standing({ top: 10, length: 9000, samples: 11_000 }).map((score, i) =>
      i >= 10_000 && i < 10_050 ? 4 * score : score,
    )
    expect(spans(lasting).map(([start]) => start)).toEqual([100, 1500, 10_000, 10_050])
  })

  it('is one event without a rise, with one that is too small for its noise, and before it has lasted that long', () => {
    expect(spans(standing({ top: 2 }))).toEqual([[100, 2300]])
    expect(spans(standing({ top: 2.8 }))).toEqual([[100, 2300]])
    expect(spans(standing({ at: 1000 }))).toEqual([[100, 2300]])
    const random = createRandom(2)
    const noisy = Array.from({ length: 20_000 }, () => 4 * Math.exp(0.3 * random.normal()))
    expect(spans(noisy)).toEqual([[0, 20_000]])
  })

  it('needs as many high samples as open and keep another event, and leaves the cool-down alone', () => {
    expect(spans(standing({ length: 2 }), { openCount: 3 })).toEqual([[100, 2300]])
    expect(spans(standing({ length: 2 }), { minLength: 3 })).toEqual([[100, 2300]])
    expect(spans(standing(), { openCount: 3 }).map(([start]) => start)).toEqual([100, 1500, 1560])
    expect(spans(standing(), { coolDown: 2000 })).toEqual([[100, 2300]])
  })

  it('ends at maintenance as others do, and a later one has its own level', () => {
    const maintenance = [{ start: 1_490_000, end: 1_495_000 }]
    expect(spans(standing(), { maintenance })).toEqual([
      [100, 1490],
      [1495, 2300],
    ])
  })

  it('is found alike when its state is written to bytes and restored at any sample', () => {
    const scores = standing({ samples: 1800 })
    const whole = createEventMachine(['a', 'b'], 'utc')
    let part = createEventMachine(['a', 'b'], 'utc')
    scores.forEach((_, i) => {
      if (i % 37 === 0 || Math.abs(i - 1500) < 3)
        part = createEventMachine(['a', 'b'], 'utc', {}, stateFromBytes(stateToBytes(part.state())))
      expect(part.push(sampleAt(scores, i))).toEqual(whole.push(sampleAt(scores, i)))
    })
    expect(part.finish()).toEqual(whole.finish())
  })

  it('is continued from a state that knows nothing of its level, which then begins anew', () => {
    const scores = standing()
    const first = createEventMachine(['a', 'b'], 'utc')
    for (let i = 0; i < 1400; i++) first.push(sampleAt(scores, i))
    const state = first.state()
    const now = { shape: [4], data: Float64Array.from(state.arrays.now.data.slice(0, 4)) }
    const older = { ...state, arrays: { ...state.arrays, now } }
    const later = createEventMachine(['a', 'b'], 'utc', {}, older)
    for (let i = 1400; i < 2400; i++)
      expect(later.push(sampleAt(scores, i))).not.toMatchObject({ type: 'split' })
  })
})

describe('standingAlarm', () => {
  it('has the mean and the standard deviation of the logarithms, from the 513th sample on each with the same weight', () => {
    const random = createRandom(3)
    const logarithms = Array.from({ length: STANDING }, () => random.normal())
    const alarm = standingAlarm()
    for (const logarithm of logarithms) alarm.push(Math.exp(logarithm))
    const later = logarithms.slice(STANDING / 2)
    const mean = later.reduce((sum, x) => sum + x, 0) / later.length
    const variance = later.reduce((sum, x) => sum + (x - mean) ** 2, 0) / later.length
    const [count, found, square] = alarm.state()
    expect(count).toBe(STANDING)
    expect(found).toBeCloseTo(mean, 10)
    expect(square).toBeCloseTo(variance, 10)
  })

  it('takes an infinite score for a rise, once the event stands', () => {
    const alarm = standingAlarm()
    expect(alarm.push(Number.POSITIVE_INFINITY)).toBe('usual')
    for (let i = 0; i < STANDING; i++) alarm.push(2)
    expect(alarm.push(Number.POSITIVE_INFINITY)).toBe('risen')
    expect(alarm.push(Number.POSITIVE_INFINITY)).toBe('risen')
    expect(alarm.push(2)).toBe('usual')
    const infinite = standing().map((score, i) => (i >= 1500 && i < 1506 ? Number.POSITIVE_INFINITY : score))
    expect(spans(infinite).map(([start]) => start)).toEqual([100, 1500, 1560])
  })

  it('takes no sample without a score into account', () => {
    const alarm = standingAlarm()
    for (let i = 0; i < 10; i++) alarm.push(Number.NaN)
    expect(alarm.state()).toEqual(Float64Array.of(0, 0, 0, 0))
  })
})
