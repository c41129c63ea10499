import { describe, expect, it } from 'vitest'
import { describeSeries } from '../../src/drift/index.js'
import { autocorrelated } from './series.js'

const effectOf = (values: Float64Array) => describeSeries('a', values).meanEffect

describe('meanEffect', () => {
  it('is near 1 for independent readings, whatever their distribution', () => {
    for (const shape of [(x: number) => x, Math.exp, (x: number) => x ** 3]) {
      const effect = effectOf(autocorrelated(20_000, 0, 1).map(shape))
      expect(effect).toBeGreaterThanOrEqual(1)
      expect(effect).toBeLessThan(1.7)
    }
  })

  it('of an autocorrelated series is that of the theory, (1 + r) / (1 - r), or somewhat more', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const effect = effectOf(autocorrelated(20_000, 0.9, seed))
      expect(effect).toBeGreaterThan(15)
      expect(effect).toBeLessThan(45)
    }
  })

  it('leaves missing readings out, and is not known with fewer than 100', () => {
    const values = autocorrelated(5000, 0.9, 1)
    const gaps = Float64Array.from({ length: 10_000 }, (_, i) => (i % 2 ? values[i >> 1] : Number.NaN))
    expect(effectOf(gaps)).toBe(effectOf(values))
    expect(effectOf(values.slice(0, 99))).toBeNaN()
  })
})
