import { describe, expect, it } from 'vitest'
import { ucrHit } from '../../src/evaluate/index.js'
import { CASES } from './cases.js'

describe('ucrHit', () => {
  it.each(CASES)('equals the reference on the case $name', ({ scores, labels, threshold_free: wanted }) => {
    expect(ucrHit(scores, labels).value).toBe(wanted.ucr_hit_tol100)
    expect(ucrHit(scores, labels, 5).value).toBe(wanted.ucr_hit_tol5)
  })

  it('takes the tolerance on both sides, its end included', () => {
    const labels = [0, 0, 0, 1, 0, 0, 0]
    const hits = labels.map((_, top) => {
      const scores = labels.map((_, i) => (i === top ? 1 : 0))
      return ucrHit(scores, labels, 2).value
    })
    expect(hits).toEqual([0, 1, 1, 1, 1, 1, 0])
  })

  it('has no value without a label', () => {
    expect(ucrHit([1, 2], [0, 0]).value).toBeNull()
  })
})
