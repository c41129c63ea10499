import { describe, expect, it } from 'vitest'
import { adjustPValues } from '../../src/stats/index.js'

/** Table 1 of Benjamini and Hochberg (1995). */
const PUBLISHED = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
  0.759, 1,
]

describe('adjustPValues', () => {
  it('rejects the four hypotheses of the published example at 5 %', () => {
    const adjusted = adjustPValues(PUBLISHED)
    expect(adjusted.filter(q => q <= 0.05)).toHaveLength(4)
    expect(adjusted[3]).toBeCloseTo((0.0095 * 15) / 4, 12)
  })

  it('keeps the order of the tests, and does not count NaN', () => {
    const shuffled = [0.5, Number.NaN, 0.01, 0.02]
    expect(Array.from(adjustPValues(shuffled))).toEqual([0.5, Number.NaN, 0.03, 0.03])
    expect(adjustPValues([])).toHaveLength(0)
  })
})
