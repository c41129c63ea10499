import { describe, expect, it } from 'vitest'
import { ranks } from '../../src/stats/index.js'

describe('ranks', () => {
  it('share the mean of the places that equal values take', () => {
    expect(Array.from(ranks([3, 1, 3, 3, 2]))).toEqual([4, 1, 4, 4, 2])
    expect(Array.from(ranks([]))).toEqual([])
  })

  it('sum to n (n + 1) / 2 and leave infinities at the ends', () => {
    const rank = ranks([Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0])
    expect(Array.from(rank)).toEqual([4, 2.5, 1, 2.5])
  })
})
