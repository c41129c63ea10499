import { describe, expect, it } from 'vitest'
import { inflatedBestF1 } from '../../src/evaluate/index.js'
import { CASES } from './cases.js'

describe('inflatedBestF1', () => {
  it.each(CASES)('equals scikit-learn over all thresholds on the case $name', one => {
    expect(inflatedBestF1(one.scores, one.labels).value).toBeCloseTo(one.threshold_free.best_f1, 9)
  })
})
