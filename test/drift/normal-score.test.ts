import { describe, expect, it } from 'vitest'
import { describeSeries } from '../../src/drift/index.js'
import { normalScore } from '../../src/drift/normal-score.js'
import { autocorrelated } from './series.js'

describe('normalScore', () => {
  it('makes any distribution normal: mean 0, deviation 1', () => {
    const values = autocorrelated(20_000, 0, 1).map(x => Math.exp(2 * x))
    const reference = describeSeries('a', values)
    const scores = values.map(value => normalScore(reference, value))
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
    const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  })

  it('gives equal values their mean rank, and rises with the value up to 4', () => {
    const ties = describeSeries(
      'a',
      Float64Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0 : i)),
    )
    expect(normalScore(ties, 0)).toBeCloseTo(-0.6745, 1)
    const reference = describeSeries('a', autocorrelated(5000, 0, 2))
    const at = [-9, -3.5, -2, -0.5, 0, 0.5, 2, 3.5, 9].map(value => normalScore(reference, value))
    expect(at).toEqual([...at].sort((a, b) => a - b))
    expect([at[0], at.at(-1)]).toEqual([-4, 4])
    expect(normalScore(reference, Number.NaN)).toBeNaN()
  })

  it('of a constant history is 0, or as far away as it can be', () => {
    const reference = describeSeries('a', new Float64Array(500).fill(7))
    expect([7, 7.1, 6.9].map(value => normalScore(reference, value))).toEqual([0, 4, -4])
  })
})
