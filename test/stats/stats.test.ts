import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mad, mean, median, quantile, standardDeviation } from '../../src/stats/index.js'

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })

describe('every statistic', () => {
  const all = {
    mean,
    standardDeviation,
    median,
    mad,
    'quantile 0.9': (v: ArrayLike<number>) => quantile(v, 0.9),
  }
  it.each(Object.entries(all))(
    '%s leaves NaN out, is NaN on nothing and does not touch its input',
    (_, statistic) => {
      const input = [3, Number.NaN, 1, 2]
      expect(statistic(input)).toBe(statistic([3, 1, 2]))
      expect(input).toEqual([3, Number.NaN, 1, 2])
      expect(statistic([])).toBeNaN()
      expect(statistic([Number.NaN])).toBeNaN()
    },
  )

  it('follows shift and scale', () => {
    fc.assert(
      fc.property(values, v => {
        const moved = v.map(x => 2 * x + 1000)
        const near = (a: number, b: number) =>
          expect(Math.abs(a - b)).toBeLessThan(1e-6 * (1 + Math.abs(b)) + 1e-3)
        near(mean(moved), 2 * mean(v) + 1000)
        near(median(moved), 2 * median(v) + 1000)
        near(quantile(moved, 0.3), 2 * quantile(v, 0.3) + 1000)
        near(standardDeviation(moved), 2 * standardDeviation(v))
        near(mad(moved), 2 * mad(v))
      }),
      { seed: 1 },
    )
  })
})

describe('quantile', () => {
  it("equals NumPy's default: numpy.quantile([7, 1, 3, 9, 4], [0, .1, .25, .5, .99, 1])", () => {
    const got = [0, 0.1, 0.25, 0.5, 0.99, 1].map(q => quantile([7, 1, 3, 9, 4], q))
    const wanted = [1, 1.8, 3, 4, 8.92, 9]
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 12)
    })
  })

  it('keeps infinite values in order and never makes a NaN of two of them', () => {
    expect(quantile([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.8)).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('is monotone in q', () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (v, p, q) => {
          expect(quantile(v, Math.min(p, q))).toBeLessThanOrEqual(quantile(v, Math.max(p, q)) + 1e-9)
        },
      ),
      { seed: 1 },
    )
  })
})

describe('standardDeviation', () => {
  it('survives a small spread on a large offset', () => {
    expect(standardDeviation([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBeCloseTo(Math.sqrt(22.5), 9)
  })
})
