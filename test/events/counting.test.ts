import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEventOptions, eventCounting, findEvents } from '../../src/events/index.js'
import { clusterCount } from '../../src/stats/index.js'

const series = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, 8, Number.NaN), { maxLength: 60 })
const rules = fc
  .record({
    openCount: fc.integer({ min: 1, max: 3 }),
    openWithin: fc.integer({ min: 3, max: 6 }),
    closeBelow: fc.constantFrom(1, 0.8, 0.5),
    criticalScore: fc.constantFrom(undefined, 2),
    mergeGap: fc.integer({ min: 0, max: 4 }),
    minLength: fc.integer({ min: 1, max: 5 }),
    coolDown: fc.integer({ min: 0, max: 10 }),
  })
  .map(checkEventOptions)

describe('eventCounting', () => {
  it('counts the events that detection finds at that level', () => {
    fc.assert(
      fc.property(series, rules, fc.constantFrom(0.9, 1.5, 2, 3.3), (raw, rule, level) => {
        const score = Float32Array.from(raw, value => value / level)
        const frame = {
          timeMs: Float64Array.from(raw.keys()),
          timeKind: 'index' as const,
          values: new Float64Array(raw.length),
          channels: ['a'],
        }
        const flag = Uint8Array.from(score, value => (value > 1 ? 1 : 0))
        const events = findEvents(frame, score, flag, score, rule)
        expect(eventCounting(rule).count(raw, level)).toBe(events.length)
      }),
      { seed: 1 },
    )
  })

  it('of plain rules is the number of clusters', () => {
    fc.assert(
      fc.property(series, fc.nat(4), fc.integer({ min: 1, max: 4 }), (raw, mergeGap, minLength) => {
        const rule = { mergeGap, minLength }
        const { count, calm } = eventCounting(checkEventOptions(rule))
        expect(count(raw, 2.5)).toBe(clusterCount(raw, 2.5, rule))
        expect(calm).toBe(mergeGap)
      }),
      { seed: 1 },
    )
  })

  it('of a series is the sum over its parts when calm lies between them and nothing cools', () => {
    fc.assert(
      fc.property(series, series, rules, (first, second, rule) => {
        const { count, calm } = eventCounting({ ...rule, coolDown: 0 })
        const whole = [...first, ...new Array<number>(calm + 1).fill(0), ...second]
        expect(count(whole, 2)).toBe(count(first, 2) + count(second, 2))
      }),
      { seed: 1 },
    )
  })

  it('leaves the cool-down out when it is told to', () => {
    const { count } = eventCounting(checkEventOptions({ mergeGap: 0, coolDown: 5 }))
    expect(count([3, 0, 3, 0], 2)).toBe(1)
    expect(count([3, 0, 3, 0], 2, { cooling: false })).toBe(2)
  })
})
