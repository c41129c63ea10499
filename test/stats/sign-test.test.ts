import { describe, expect, it } from 'vitest'
import { signTest } from '../../src/stats/index.js'

describe('signTest', () => {
  it('equals scipy.stats.binomtest(k, n, 0.5, alternative="greater")', () => {
    expect(signTest(8, 2)).toBeCloseTo(0.0546875, 12)
    expect(signTest(15, 5)).toBeCloseTo(0.020694732666015625, 12)
    expect(signTest(600, 400)).toBeCloseTo(1.364232e-10, 15)
  })

  it('is 1 without tosses or without heads, and sums to 1 with its complement', () => {
    expect([signTest(0, 0), signTest(0, 7)]).toEqual([1, 1])
    expect(signTest(4, 3) + signTest(4, 3)).toBeCloseTo(1, 12)
  })
})
