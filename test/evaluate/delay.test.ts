import { describe, expect, it } from 'vitest'
import { detectionDelays, medianDelay } from '../../src/evaluate/index.js'
import { CASES, flagsOf } from './cases.js'

describe('detectionDelays', () => {
  it.each(CASES)('equals the reference on the case $name', one => {
    expect(detectionDelays(flagsOf(one), one.labels)).toEqual(one.at_threshold.detection_delay_points)
  })

  it('is in the unit of the positions that are given', () => {
    expect(detectionDelays([0, 0, 1], [0, 1, 1], [0, 10, 70])).toEqual([60])
  })
})

describe('medianDelay', () => {
  it('is over the events that were found', () => {
    expect(medianDelay([4, null, 10]).value).toBe(7)
  })

  it('tells a series without events from one whose events were all missed', () => {
    expect(medianDelay([]).reason).toBe('there is no labelled event')
    expect(medianDelay([null]).reason).toBe('every event was missed')
  })
})
