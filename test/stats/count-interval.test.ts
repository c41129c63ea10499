import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countInterval } from '../../src/stats/index.js'

describe('countInterval', () => {
  it('of Poisson counts has the quantiles of their tables', () => {
    const interval = (mean: number) => countInterval([{ mean, variance: mean, weight: 1 }], 0.95)
    expect(interval(0.5)).toEqual({ low: 0, high: 2 })
    expect(interval(5)).toEqual({ low: 1, high: 10 })
    expect(interval(100)).toEqual({ low: 81, high: 120 })
    expect(interval(1000)).toEqual({ low: 938, high: 1062 })
  })

  it('of negative binomial counts has the quantiles that their probabilities sum to', () => {
    // Failures before the fourth success of chance 1/4: mean 12, variance 48.
    const cumulative = (k: number): number =>
      k < 0 ? 0 : cumulative(k - 1) + (((k + 1) * (k + 2) * (k + 3)) / 6) * 0.25 ** 4 * 0.75 ** k
    const { low, high } = countInterval([{ mean: 12, variance: 48, weight: 1 }], 0.9)
    expect([cumulative(low - 1) < 0.05, cumulative(low) >= 0.05]).toEqual([true, true])
    expect([cumulative(high - 1) < 0.95, cumulative(high) >= 0.95]).toEqual([true, true])
  })

  it('widens with variance and confidence', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 1, max: 5 }),
        (mean, factor) => {
          const narrow = countInterval([{ mean, variance: mean, weight: 1 }], 0.8)
          const sure = countInterval([{ mean, variance: mean, weight: 1 }], 0.99)
          const mixed = countInterval(
            [
              { mean: mean / factor, variance: mean, weight: 0.5 },
              { mean: mean * factor, variance: mean * factor, weight: 0.5 },
            ],
            0.99,
          )
          expect(sure.low).toBeLessThanOrEqual(narrow.low)
          expect(sure.high).toBeGreaterThanOrEqual(narrow.high)
          expect(mixed.high).toBeGreaterThanOrEqual(sure.high)
        },
      ),
      { seed: 1 },
    )
  })

  it('of a mean of 0 is 0', () => {
    expect(countInterval([{ mean: 0, variance: 0, weight: 1 }], 0.95)).toEqual({ low: 0, high: 0 })
  })
})
