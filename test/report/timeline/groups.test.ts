import { describe, expect, it } from 'vitest'
import { groupExtremes, groupMeans, groupSamples } from '../../../src/report/timeline/groups.js'

describe('groups of samples', () => {
  it('are single samples where they fit', () => {
    expect([...groupSamples(5, 5, [])]).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('are no more than asked for, cover all, and are single in the exact intervals', () => {
    const exact = [
      { start: 700, end: 730 },
      { start: 100, end: 105 },
      { start: 0, end: 900 },
    ]
    const starts = groupSamples(1000, 120, exact)
    expect(starts.length - 1).toBeLessThanOrEqual(120)
    expect([starts[0], starts[starts.length - 1]]).toEqual([0, 1000])
    for (let k = 1; k < starts.length; k++) expect(starts[k]).toBeGreaterThan(starts[k - 1])
    for (const { start, end } of exact.slice(0, 2))
      for (let i = start; i <= end; i++) expect(starts).toContain(i)
  })

  it('keep the lowest, the highest and the mean finite value', () => {
    const values = [1, Number.NaN, 5, Number.NaN, Number.POSITIVE_INFINITY, -2]
    const starts = Int32Array.from([0, 3, 5, 6])
    const at = (i: number) => values[i]
    expect(groupExtremes(starts, at)).toEqual({
      low: Float32Array.from([1, Number.NaN, -2]),
      high: Float32Array.from([5, Number.NaN, -2]),
    })
    expect(groupMeans(starts, at)).toEqual(Float32Array.from([3, Number.NaN, -2]))
  })
})
