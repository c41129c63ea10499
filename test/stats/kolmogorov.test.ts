import { describe, expect, it } from 'vitest'
import { kolmogorovPValue } from '../../src/stats/index.js'

describe('kolmogorovPValue', () => {
  it.each([
    [1.2238, 0.1],
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.9495, 0.001],
  ])('has the published critical value %f at %f', (x, p) => {
    const n = 1e8
    expect(kolmogorovPValue(x / Math.sqrt(n), n)).toBeCloseTo(p, 4)
  })

  it('is close to the exact value for small samples: 0.409 at 10 is the 5 % point (Massey 1951)', () => {
    expect(kolmogorovPValue(0.409, 10)).toBeCloseTo(0.05, 2)
  })

  it('falls from 1 to 0 with the distance', () => {
    const at = [0, 0.05, 0.1, 0.2, 0.5, 1].map(distance => kolmogorovPValue(distance, 100))
    expect(at[0]).toBe(1)
    expect([...at].sort((a, b) => b - a)).toEqual(at)
    expect(at.at(-1)).toBeLessThan(1e-12)
  })
})
