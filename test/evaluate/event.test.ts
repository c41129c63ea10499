import { describe, expect, it } from 'vitest'
import { compositeF1, eventPrecision, eventRecall } from '../../src/evaluate/index.js'
import { CASES, flagsOf } from './cases.js'

describe('events found', () => {
  it.each(CASES)('equal the reference on the case $name', one => {
    const flags = flagsOf(one)
    expect(eventRecall(flags, one.labels).value).toBeCloseTo(one.at_threshold.event_recall, 9)
    expect(eventPrecision(flags, one.labels).value).toBeCloseTo(one.at_threshold.event_precision, 9)
    expect(compositeF1(flags, one.labels).value).toBeCloseTo(one.at_threshold.composite_f1, 9)
  })

  it('are 0 when every event is missed and undefined when there is none', () => {
    expect(compositeF1([0, 0, 0], [0, 1, 0]).value).toBe(0)
    expect(compositeF1([0, 1, 0], [0, 0, 0]).value).toBeNull()
    expect(eventPrecision([0, 0, 0], [0, 1, 0]).value).toBeNull()
  })
})
