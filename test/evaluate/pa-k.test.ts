import { describe, expect, it } from 'vitest'
import { confusion, f1, inflatedPointAdjustedF1, paKArea, paKF1 } from '../../src/evaluate/index.js'
import { CASES, flagsOf, randomCase } from './cases.js'

describe('PA%K', () => {
  it.each(CASES)('equals the reference on the case $name', one => {
    const flags = flagsOf(one)
    expect(paKF1(flags, one.labels, 20).value).toBeCloseTo(one.at_threshold.pa20_f1, 9)
    expect(paKF1(flags, one.labels, 50).value).toBeCloseTo(one.at_threshold.pa50_f1, 9)
    expect(paKArea(flags, one.labels).value).toBeCloseTo(one.at_threshold.pak_auc_f1, 9)
    expect(inflatedPointAdjustedF1(flags, one.labels).value).toBeCloseTo(one.at_threshold.pa_f1, 9)
  })

  it.each(CASES)('is inflated at its best threshold as the reference says on the case $name', one => {
    const at = (threshold: number) =>
      inflatedPointAdjustedF1(
        one.scores.map(score => (score >= threshold ? 1 : 0)),
        one.labels,
      ).value!
    const best = Math.max(...new Set(one.scores.map(at)))
    expect(best).toBeCloseTo(one.threshold_free.best_pa_f1, 9)
  })

  it('is the plain F1 at K = 100 and never rises with K', () => {
    const { flags, labels } = randomCase(6)
    expect(paKF1(flags, labels, 100)).toEqual(f1(confusion(flags, labels)))
    const curve = [1, 10, 30, 60, 90, 100].map(k => paKF1(flags, labels, k).value!)
    expect(curve).toEqual(curve.toSorted((a, b) => b - a))
  })

  it('refuses K = 0, which is point adjustment under a harmless name', () => {
    expect(() => paKF1([1], [1], 0)).toThrow('(0, 100]')
  })

  it('has no value without an event', () => {
    expect(paKF1([1, 0], [0, 0], 20).value).toBeNull()
    expect(paKArea([1, 0], [0, 0]).value).toBeNull()
  })
})
