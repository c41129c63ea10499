import { describe, expect, it } from 'vitest'
import { falseAlarms } from '../../src/evaluate/index.js'
import { CASES, flagsOf } from './cases.js'

const HOUR = 3_600_000

describe('falseAlarms', () => {
  it.each(CASES)('counts as the reference on the case $name', one => {
    const found = falseAlarms(flagsOf(one), one.labels, { mergeGap: 0, stepMs: HOUR })
    expect(found.count).toBe(one.at_threshold.false_alarm_events)
    expect(found.perThousand.value).toBeCloseTo(one.at_threshold.false_alarms_per_1000, 9)
  })

  it('counts days of normal time only', () => {
    const labels = [...Array(48).fill(0), ...Array(100).fill(1)]
    const flags = labels.map((_, i) => (i === 3 || i === 30 || i === 60 ? 1 : 0))
    expect(falseAlarms(flags, labels, { mergeGap: 0, stepMs: HOUR }).perDay.value).toBe(1)
  })

  it('joins flags at most a gap apart, and an alarm that reaches an event is not false', () => {
    const flags = [1, 0, 1, 0, 0, 1, 0, 0, 0]
    const count = (mergeGap: number, labels = [0, 0, 0, 0, 0, 0, 0, 0, 0]) =>
      falseAlarms(flags, labels, { mergeGap, stepMs: HOUR }).count
    expect([0, 1, 2].map(gap => count(gap))).toEqual([3, 2, 1])
    expect(count(2, [0, 0, 0, 0, 0, 1, 0, 0, 0])).toBe(0)
  })

  it('has no rate per day without a clock or without normal time', () => {
    expect(falseAlarms([1], [0], { mergeGap: 0, stepMs: Number.NaN }).perDay.reason).toMatch('not known')
    expect(falseAlarms([1], [1], { mergeGap: 0, stepMs: 1 }).perDay.value).toBeNull()
  })
})
