import { describe, expect, it } from 'vitest'
import {
  accuracy,
  balancedAccuracy,
  confusion,
  f1,
  matthews,
  precision,
  recall,
  specificity,
} from '../../src/evaluate/index.js'
import { CASES, flagsOf, randomCase } from './cases.js'

describe('confusion', () => {
  it.each(CASES)('gives precision, recall and F1 of scikit-learn on the case $name', one => {
    const counts = confusion(flagsOf(one), one.labels)
    expect(precision(counts).value).toBeCloseTo(one.at_threshold.precision, 9)
    expect(recall(counts).value).toBeCloseTo(one.at_threshold.recall, 9)
    expect(f1(counts).value).toBeCloseTo(one.at_threshold.f1, 9)
  })

  it('gives the published example of a Matthews coefficient', () => {
    // Chicco & Jurman, BMC Genomics 2020, use case A1: TP 90, FP 4, TN 1, FN 5.
    const counts = { truePositives: 90, falsePositives: 4, trueNegatives: 1, falseNegatives: 5 }
    expect(matthews(counts).value).toBeCloseTo(0.14, 2)
    expect(accuracy(counts).value).toBeCloseTo(0.91, 2)
    expect(f1(counts).value).toBeCloseTo(0.95, 2)
    expect(specificity(counts).value).toBeCloseTo(1 / 5, 12)
    expect(balancedAccuracy(counts).value).toBeCloseTo((90 / 95 + 1 / 5) / 2, 12)
  })

  it('makes the Matthews coefficient the correlation of flags and labels', () => {
    const { flags, labels } = randomCase(5)
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const [a, b] = [mean(flags), mean(labels)]
    const covariance = mean(flags.map((flag, i) => (flag - a) * (labels[i] - b)))
    const wanted = covariance / Math.sqrt(a * (1 - a) * b * (1 - b))
    expect(matthews(confusion(flags, labels)).value).toBeCloseTo(wanted, 12)
  })

  it('has no value, and says why, where a class is missing', () => {
    const unlabelled = confusion([0, 1], [0, 0])
    expect(recall(unlabelled)).toEqual({ value: null, reason: 'no sample is labelled anomalous' })
    expect(balancedAccuracy(unlabelled).value).toBeNull()
    expect(matthews(unlabelled).value).toBeNull()
    expect(f1(unlabelled).value).toBe(0)
    const unflagged = confusion([0, 0], [0, 1])
    expect(precision(unflagged)).toEqual({ value: null, reason: 'no sample is flagged' })
    expect(f1(unflagged).value).toBe(0)
    expect(matthews(unflagged).value).toBeNull()
    expect(f1(confusion([0, 0], [0, 0])).value).toBeNull()
    expect(specificity(confusion([1], [1])).value).toBeNull()
    expect(accuracy(confusion([], [])).value).toBeNull()
  })
})
