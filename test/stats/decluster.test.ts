import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterCount, decluster } from '../../src/stats/index.js'

const scores = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 5, Number.NaN), { maxLength: 50 })
const rule = fc.record({
  mergeGap: fc.integer({ min: 0, max: 5 }),
  minLength: fc.integer({ min: 1, max: 5 }),
})

describe('decluster', () => {
  it('counts what it lists', () => {
    fc.assert(
      fc.property(scores, rule, fc.integer({ min: 0, max: 4 }), (s, r, level) => {
        expect(clusterCount(s, level, r)).toBe(decluster(s, level, r).length)
      }),
      { seed: 1 },
    )
  })

  it('has peaks that are the level at which nothing of the cluster is left', () => {
    fc.assert(
      fc.property(scores, rule, (s, r) => {
        for (const { start, end, peak } of decluster(s, 0, r)) {
          const inside = s.slice(start, end)
          expect(clusterCount(inside, peak, r)).toBe(0)
          expect(clusterCount(inside, peak - 0.5, r)).toBeGreaterThan(0)
        }
      }),
      { seed: 1 },
    )
  })

  it('has clusters more than the merge gap apart that begin and end above the level', () => {
    fc.assert(
      fc.property(scores, rule, (s, r) => {
        const clusters = decluster(s, 2, { ...r, minLength: 1 })
        clusters.forEach(({ start, end }, k) => {
          expect(s[start]).toBeGreaterThan(2)
          expect(s[end - 1]).toBeGreaterThan(2)
          if (k > 0) expect(start - clusters[k - 1].end).toBeGreaterThan(r.mergeGap)
        })
      }),
      { seed: 1 },
    )
  })
})
