import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { findTrends } from '../../src/drift/index.js'

const HOUR_MS = 3_600_000
const DAYS = 60

/** A channel with a daily rhythm and slow noise, rising by `wear` a day. */
function machine(seed: number, wear: number, days = DAYS): Frame {
  const random = createRandom(seed)
  const n = 24 * days
  let slow = 0
  const values = Float64Array.from({ length: n }, (_, i) => {
    slow = 0.97 * slow + 0.25 * random.normal()
    return 60 + 4 * Math.sin((2 * Math.PI * i) / 24) + slow + (wear * i) / 24
  })
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => i * HOUR_MS),
    timeKind: 'utc',
    values,
    channels: ['temp'],
  }
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed)

describe('findTrends', () => {
  it('is silent where there is no trend, whatever the daily rhythm and slow noise', () => {
    const found = seeds.filter(seed => findTrends(machine(seed, 0)).length > 0)
    expect(found.length).toBeLessThanOrEqual(5)
  })

  it('finds wear of a fiftieth of the daily swing a day, and gives its slope in the interval', () => {
    const trends = seeds.flatMap(seed => findTrends(machine(seed, 0.15)))
    expect(trends.length).toBeGreaterThanOrEqual(95)
    const day = 24 * HOUR_MS
    const inside = trends.filter(({ interval: [low, high] }) => low * day <= 0.15 && 0.15 <= high * day)
    expect(inside.length / trends.length).toBeGreaterThan(0.87)
  })

  it('has the time at which the limit is reached in its interval', () => {
    // 9 above the start after 60 days, the limit 15 above: 40 days more.
    const times = seeds.flatMap(seed => {
      const [trend] = findTrends(machine(seed, 0.15), { limits: { temp: 75 } })
      return trend?.timeToLimit ? [trend.timeToLimit] : []
    })
    expect(times.length).toBeGreaterThanOrEqual(95)
    const inside = times.filter(({ low, high }) => low <= 40 * 24 * HOUR_MS && 40 * 24 * HOUR_MS <= high)
    expect(inside.length / times.length).toBeGreaterThan(0.85)
    const expected = times.map(({ expected }) => expected / (24 * HOUR_MS)).sort((a, b) => a - b)
    expect(Math.abs(expected[expected.length >> 1] - 40)).toBeLessThan(5)
  })

  it('knows limits that are passed, that lie the other way, and that lie too far off', () => {
    const timeTo = (limit: number) => findTrends(machine(1, 0.3), { limits: { temp: limit } })[0].timeToLimit
    expect(timeTo(70)).toEqual({ expected: 0, low: 0, high: 0 })
    expect(timeTo(30)).toBeNull()
    expect(timeTo(1000)).toBeNull()
  })

  it('leaves missing readings out, and needs enough of the others', () => {
    const frame = machine(1, 0.3)
    const holes = { ...frame, values: frame.values.map((x, i) => (i % 5 === 0 ? Number.NaN : x)) }
    expect(findTrends(holes)).toHaveLength(1)
    expect(findTrends({ ...frame, values: frame.values.map(() => Number.NaN) })).toEqual([])
    expect(findTrends(machine(1, 5, 1))).toEqual([])
  })
})
