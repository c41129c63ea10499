import { describe, expect, it } from 'vitest'
import { type NabProfile, nabScore } from '../../src/evaluate/index.js'
import { CASES, flagsOf } from './cases.js'

const COLUMNS: readonly [NabProfile, string][] = [
  ['standard', 'nab_standard_normalised'],
  ['low-fp', 'nab_reward_low_FP_rate_normalised'],
  ['low-fn', 'nab_reward_low_FN_rate_normalised'],
]

describe('nabScore', () => {
  it.each(CASES.filter(one => one.at_threshold.nab_standard_normalised !== undefined))(
    "equals NAB's sweeper on the case $name",
    one => {
      for (const [profile, column] of COLUMNS)
        expect(nabScore(flagsOf(one), one.labels, profile).value).toBeCloseTo(one.at_threshold[column], 7)
    },
  )

  it('is 0 when nothing is flagged, less when only false alarms are', () => {
    expect(nabScore([0, 0, 0], [0, 1, 1], 'standard').value).toBe(0)
    expect(nabScore([1, 0, 0], [0, 1, 1], 'standard').value).toBeLessThan(0)
  })

  it('counts a flag behind an event of one sample as far away from it', () => {
    expect(nabScore([0, 1, 1], [0, 1, 0], 'standard').value).toBeCloseTo((100 * (1 - 0.11 + 1)) / 2, 9)
  })

  it('refuses an unknown profile and has no value without an event', () => {
    expect(() => nabScore([1], [1], 'lenient' as NabProfile)).toThrow('standard, low-fp, low-fn')
    expect(nabScore([1], [0], 'standard').value).toBeNull()
  })
})
