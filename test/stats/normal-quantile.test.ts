import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../src/stats/normal-quantile.js'

describe('normalQuantile', () => {
  // scipy.stats.norm.ppf
  it.each([
    [1e-6, -4.753424308822899],
    [0.01, -2.3263478740408408],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.8, 0.8416212335729143],
    [0.999, 3.090232306167813],
  ])('of %s is %s', (share, wanted) => {
    expect(Math.abs(normalQuantile(share) - wanted)).toBeLessThan(1e-8)
  })

  it('is symmetric, and infinite at the ends', () => {
    expect(normalQuantile(0.07)).toBeCloseTo(-normalQuantile(0.93), 12)
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
  })
})
