import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { fitLinearTrend } from '../../src/stats/index.js'

const RUNS = 400
const times = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Autocorrelated normal noise of standard deviation 1. */
function noise(n: number, correlation: number, seed: number): number[] {
  const random = createRandom(seed)
  let x = random.normal()
  return times(n).map(() => {
    x = correlation * x + Math.sqrt(1 - correlation ** 2) * random.normal()
    return x
  })
}

describe('fitLinearTrend', () => {
  it('finds an exact line', () => {
    const found = fitLinearTrend(
      times(12),
      times(12).map(t => 3 - 2 * t),
      11,
    )
    expect(found?.level).toBeCloseTo(-19, 9)
    expect(found?.slope).toBeCloseTo(-2, 9)
    expect(found?.pValue).toBeLessThan(1e-6)
  })

  it.each([
    [0, 0.05],
    [0.5, 0.06],
    [0.8, 0.08],
    [0.95, 0.12],
  ])(
    'with a correlation of %s takes noise for a trend in at most %s of the cases at a p-value of .05',
    (correlation, most) => {
      const found = times(RUNS).filter(
        seed => (fitLinearTrend(times(40), noise(40, correlation, seed), 39)?.pValue ?? 1) < 0.05,
      )
      expect(found.length / RUNS).toBeLessThan(most)
    },
  )

  it.each([0, 0.5, 0.8])('with a correlation of %s has the slope in its 95 % interval', correlation => {
    const inside = times(RUNS).filter(seed => {
      const values = noise(40, correlation, seed).map((x, t) => x + 0.2 * t)
      const [low, high] = fitLinearTrend(times(40), values, 39)!.interval
      return low <= 0.2 && 0.2 <= high
    })
    expect(inside.length / RUNS).toBeGreaterThan(0.87)
  })

  it('follows the units of time and value', () => {
    const values = noise(40, 0.5, 1).map((x, t) => x + 0.2 * t)
    const one = fitLinearTrend(times(40), values, 0)!
    const other = fitLinearTrend(
      times(40).map(t => 60 * t),
      values.map(x => 7 * x),
      0,
    )!
    expect(other.slope / one.slope).toBeCloseTo(7 / 60, 9)
    expect(other.pValue).toBeCloseTo(one.pValue, 9)
  })

  it('gives nothing for what is too short, constant or missing', () => {
    expect(fitLinearTrend(times(7), times(7), 0)).toBeUndefined()
    expect(fitLinearTrend(times(20), new Float64Array(20), 0)).toBeUndefined()
    expect(fitLinearTrend(times(20), new Float64Array(20).fill(Number.NaN), 0)).toBeUndefined()
  })
})
