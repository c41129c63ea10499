import { describe, expect, it } from 'vitest'
import { aucPr } from '../../src/evaluate/index.js'
import { CASES } from './cases.js'

describe('aucPr', () => {
  it.each(CASES)('equals scikit-learn on the case $name', ({ scores, labels, threshold_free: wanted }) => {
    expect(aucPr(scores, labels).value).toBeCloseTo(wanted.auc_pr, 9)
  })

  it('is the share of anomalous samples when all scores are equal', () => {
    expect(aucPr([2, 2, 2, 2, 2], [0, 1, 0, 0, 0]).value).toBe(0.2)
  })
})
