import { describe, expect, it } from 'vitest'
import { type RangeOptions, rangePrecision, rangeRecall } from '../../src/evaluate/index.js'
import { CASES, flagsOf, randomCase } from './cases.js'

const FLAT: RangeOptions = { alpha: 0, bias: 'flat', cardinality: 'reciprocal' }

describe('range-based precision and recall', () => {
  it.each(CASES)('equal prts on the case $name', one => {
    const flags = flagsOf(one)
    const recall = (options: Partial<RangeOptions>) =>
      rangeRecall(flags, one.labels, { ...FLAT, ...options }).value
    const wanted = one.at_threshold
    expect(recall({})).toBeCloseTo(wanted['range_recall_alpha0.0_recip_flat'], 9)
    expect(recall({ alpha: 0.5 })).toBeCloseTo(wanted['range_recall_alpha0.5_recip_flat'], 9)
    expect(recall({ bias: 'front' })).toBeCloseTo(wanted.range_recall_alpha0_recip_front, 9)
    expect(recall({ cardinality: 'one' })).toBeCloseTo(wanted.range_recall_alpha0_one_flat, 9)
    expect(rangePrecision(flags, one.labels, FLAT).value).toBeCloseTo(wanted.range_precision_recip_flat, 9)
  })

  it('with bias back are those with bias front on the series read backwards', () => {
    const { flags, labels } = randomCase(7)
    expect(rangeRecall(flags, labels, { ...FLAT, bias: 'back' }).value).toBeCloseTo(
      rangeRecall(flags.toReversed(), labels.toReversed(), { ...FLAT, bias: 'front' }).value!,
      12,
    )
  })

  it('have no value without an event or without a flag', () => {
    expect(rangeRecall([1], [0], FLAT).value).toBeNull()
    expect(rangePrecision([0], [1], FLAT).value).toBeNull()
  })
})
