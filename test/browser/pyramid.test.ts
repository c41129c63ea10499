import { describe, expect, it } from 'vitest'
import { buildPyramid, upperBound, viewOf } from '../../browser/pyramid.js'
import { createRandom } from '../../src/core/random.js'

const random = createRandom(7)
const values = Float32Array.from({ length: 1000 }, (_, i) => (i % 97 === 5 ? Number.NaN : random.normal()))
values.fill(Number.NaN, 512, 520)

describe('the pyramid of a series', () => {
  const levels = buildPyramid({ low: values, high: values })

  it('holds in each group the lowest and the highest reading of its samples', () => {
    levels.forEach(({ low, high }, level) => {
      const size = 2 ** level
      expect(low).toHaveLength(Math.ceil(values.length / size))
      low.forEach((least, k) => {
        const group = values.subarray(k * size, (k + 1) * size).filter(Number.isFinite)
        expect(least).toBe(group.length === 0 ? Number.NaN : Math.fround(Math.min(...group)))
        expect(high[k]).toBe(group.length === 0 ? Number.NaN : Math.fround(Math.max(...group)))
      })
    })
  })

  it('ends with one group that holds the extremes of all', () => {
    const { low, high } = levels[levels.length - 1]
    const known = values.filter(Number.isFinite)
    expect([low[0], high[0]]).toEqual([Math.min(...known), Math.max(...known)])
  })
})

describe('the view of a range', () => {
  const times = Float64Array.from({ length: 10_000 }, (_, i) => i * 1000)

  it('covers the range with at most twice the columns', () => {
    for (const [from, to] of [
      [0, 9_999_000],
      [5_000_000, 5_100_000],
      [123_456, 123_789],
      [-10, 50_000_000],
    ]) {
      const { level, first, last } = viewOf(times, from, to, 500)
      const size = 2 ** level
      expect(last - first).toBeLessThanOrEqual(504)
      expect(times[first * size]).toBeLessThanOrEqual(Math.max(from, times[0]))
      expect(Math.min(times.length, last * size) - 1).toBeGreaterThanOrEqual(upperBound(times, to) - 1)
    }
  })

  it('is of single samples where few are shown', () => {
    expect(viewOf(times, 50_000, 60_000, 500)).toEqual({ level: 0, first: 49, last: 63 })
  })
})

it('counts the values at or below another', () => {
  expect([0, 1, 2, 5, 9].map(value => upperBound([1, 2, 2, 5], value))).toEqual([0, 1, 3, 4, 4])
})
