import { describe, expect, it } from 'vitest'
import { normalNoise, placedNoise } from '../../src/nn/noise.js'

describe('noise by place', () => {
  it('is the same at the same place and differs at each other', () => {
    const first = (seed: number, stream: number, window: number) => placedNoise(seed, stream, window)()
    expect(first(1, 2, 3)).toBe(first(1, 2, 3))
    const values = new Set<number>()
    for (let seed = 0; seed < 10; seed++)
      for (let stream = 0; stream < 10; stream++)
        for (let window = 0; window < 10; window++) values.add(first(seed, stream, window))
    expect(values.size).toBeGreaterThan(990)
  })

  it('is uniform, also across neighbouring windows', () => {
    const bins = new Array<number>(10).fill(0)
    for (let window = 0; window < 5000; window++) {
      const next = placedNoise(7, 1, window)
      for (let i = 0; i < 4; i++) bins[Math.floor(10 * next())]++
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is its 0.999 quantile.
    expect(bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9)
  })

  it('has mean 0 and variance 1 once made normal', () => {
    const next = placedNoise(3, 0, 0)
    const values = Array.from({ length: 20_000 }, () => normalNoise(next))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1, 1)
  })
})
