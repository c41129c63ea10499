import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { wilcoxonSignedRank } from '../../src/stats/index.js'

const zeros = (n: number) => new Float64Array(n)

describe('wilcoxonSignedRank', () => {
  it("gives the exact probability of Darwin's plants as SciPy's manual has it", () => {
    const difference = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
    const { pairs, positiveRanks, pValue } = wilcoxonSignedRank(difference, zeros(15))
    expect(pairs).toBe(15)
    expect(120 - positiveRanks).toBe(24)
    expect(pValue).toBeCloseTo(0.041259765625, 12)
  })

  it("gives the probability of the depression scores of R's manual", () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    const { positiveRanks, pValue } = wilcoxonSignedRank(before, after)
    expect(positiveRanks).toBe(40)
    expect(pValue / 2).toBeCloseTo(0.01953, 5)
  })

  it('is exact by enumeration of all signs', () => {
    const random = createRandom(2)
    const difference = Array.from({ length: 9 }, () => random.normal() + 0.4)
    const place = difference.map(d => difference.filter(e => Math.abs(e) <= Math.abs(d)).length)
    const rankSum = (signs: number) => place.reduce((sum, rank, i) => sum + ((signs >> i) & 1 ? rank : 0), 0)
    const observed = difference.reduce((sum, d, i) => sum + (d > 0 ? place[i] : 0), 0)
    const extreme = Math.min(observed, 45 - observed)
    let count = 0
    for (let signs = 0; signs < 512; signs++) if (rankSum(signs) <= extreme) count++
    expect(wilcoxonSignedRank(difference, zeros(9)).pValue).toBeCloseTo((2 * count) / 512, 12)
  })

  it('leaves out equal pairs and unknown values', () => {
    const { pairs, pValue } = wilcoxonSignedRank([1, 2, Number.NaN], [1, 2, 3])
    expect([pairs, pValue]).toEqual([0, 1])
  })

  it('is about the same by the normal form, which ties bring about', () => {
    const random = createRandom(3)
    const difference = Array.from({ length: 40 }, () => random.normal() + 0.3)
    const exact = wilcoxonSignedRank(difference, zeros(40)).pValue
    const tied = wilcoxonSignedRank([...difference, 1e-9, -1e-9], zeros(42)).pValue
    expect(Math.abs(exact - tied)).toBeLessThan(0.01)
  })

  it('does not depend on which of both is named first', () => {
    const first = [5, 3, 8, 1]
    const second = [2, 4, 1, 0.5]
    expect(wilcoxonSignedRank(first, second).pValue).toBe(wilcoxonSignedRank(second, first).pValue)
  })
})
