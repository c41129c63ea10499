import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { autocorrelationPeriod } from '../../src/stats/index.js'

describe('autocorrelationPeriod', () => {
  it.each([12, 24, 100])('finds a period of %i samples under noise', period => {
    const random = createRandom(period)
    const values = Float64Array.from(
      { length: 3000 },
      (_, i) => Math.sin((2 * Math.PI * i) / period) + 0.3 * random.normal(),
    )
    expect(Math.abs(autocorrelationPeriod(values)! - period)).toBeLessThanOrEqual(1)
  })

  it('does not depend on scale, offset or missing values', () => {
    const wave = Float64Array.from({ length: 600 }, (_, i) => Math.sin((2 * Math.PI * i) / 30))
    const moved = wave.map((x, i) => (i === 77 ? Number.NaN : 1e6 + 5 * x))
    expect(autocorrelationPeriod(moved)).toBe(autocorrelationPeriod(wave))
  })

  it('finds none in a constant, in nothing, or in too few samples', () => {
    expect(autocorrelationPeriod(new Float64Array(100).fill(3))).toBeUndefined()
    expect(autocorrelationPeriod([])).toBeUndefined()
    expect(autocorrelationPeriod([1, 2, 1])).toBeUndefined()
  })
})
