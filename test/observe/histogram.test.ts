import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKET_BOUNDS, createHistogram } from '../../src/observe/histogram.js'

const filled = (values: readonly number[]) => {
  const histogram = createHistogram()
  values.forEach(histogram.record)
  return histogram.summary()
}

describe('createHistogram', () => {
  it('gives quantiles within 5 % of those of the sorted values', () => {
    const durations = fc.array(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    })
    fc.assert(
      fc.property(durations, values => {
        const sorted = [...values].sort((a, b) => a - b)
        const summary = filled(values)
        for (const [key, share] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const rank = Math.ceil(share * sorted.length)
          const [low, high] = [sorted[Math.max(0, rank - 1)], sorted[rank - 1]]
          expect(summary[key]).toBeGreaterThanOrEqual(low * 0.95 - 1e-12)
          expect(summary[key]).toBeLessThanOrEqual(high * 1.05 + 1e-12)
        }
        expect([summary.min, summary.max]).toEqual([sorted[0], sorted.at(-1)])
        expect(summary.sum).toBeCloseTo(
          values.reduce((total, value) => total + value, 0),
          6,
        )
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('counts at each printed bound exactly, also values that lie on it', () => {
    const values = BUCKET_BOUNDS.flatMap(bound => [bound, bound * 1.2])
    const { buckets } = filled(values)
    expect(buckets).toEqual(BUCKET_BOUNDS.map(bound => values.filter(value => value <= bound).length))
  })

  it('takes no NaN and no infinite value, and counts those too small as the smallest', () => {
    const summary = filled([Number.NaN, Number.POSITIVE_INFINITY, 0, 1e-12])
    expect([summary.count, summary.min, summary.buckets[0]]).toEqual([2, 0, 2])
  })

  it('is all zeros when empty', () => {
    expect(filled([])).toEqual({
      count: 0,
      sum: 0,
      min: 0,
      max: 0,
      p50: 0,
      p95: 0,
      p99: 0,
      buckets: BUCKET_BOUNDS.map(() => 0),
    })
  })
})
