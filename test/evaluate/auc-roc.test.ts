import { describe, expect, it } from 'vitest'
import { aucRoc } from '../../src/evaluate/index.js'
import { CASES, randomCase } from './cases.js'

describe('aucRoc', () => {
  it.each(CASES)('equals scikit-learn on the case $name', ({ scores, labels, threshold_free: wanted }) => {
    expect(aucRoc(scores, labels).value).toBeCloseTo(wanted.auc_roc, 9)
  })

  it('is the share of pairs in which the anomalous sample scores higher', () => {
    const { scores, labels } = randomCase(3)
    let won = 0
    let pairs = 0
    scores.forEach((high, i) => {
      scores.forEach((low, j) => {
        if (!labels[i] || labels[j]) return
        pairs++
        won += high > low ? 1 : high === low ? 0.5 : 0
      })
    })
    expect(aucRoc(scores, labels).value).toBeCloseTo(won / pairs, 12)
  })

  it('becomes its complement when the scores are turned round', () => {
    const { scores, labels } = randomCase(4)
    const turned = aucRoc(
      scores.map(score => -score),
      labels,
    )
    expect(turned.value! + aucRoc(scores, labels).value!).toBeCloseTo(1, 12)
  })
})
