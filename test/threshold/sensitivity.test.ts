import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ChannelSteps,
  levelOfStep,
  resolveThreshold,
  sensitivityThreshold,
  smallestStep,
} from '../../src/threshold/index.js'

const FLOW: ChannelSteps = { name: 'flow', sizes: [1, 2, 8], levels: [0.5, 2, 32] }
const steps = { within: 30, channels: [FLOW, { name: 'temp', sizes: [10, 20], levels: [3, 4] }] }
/** 1 to 10, so that 3 % of the normal time is above about 9.7. */
const low = Float32Array.from({ length: 1000 }, (_, i) => (i + 1) / 1000)

describe('smallestStep and levelOfStep', () => {
  it('are inverse to each other between the measured sizes', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 8, noNaN: true }), size => {
        const level = levelOfStep(FLOW, size) ?? Number.NaN
        expect(smallestStep(FLOW, level * (1 - 1e-12)) / size).toBeCloseTo(1, 6)
      }),
      { seed: 1 },
    )
  })

  it('give measured values where something was measured, and none beyond', () => {
    expect(levelOfStep(FLOW, 2)).toBe(2)
    expect(levelOfStep(FLOW, 0.9)).toBeUndefined()
    expect(levelOfStep(FLOW, 100)).toBe(32)
    expect(smallestStep(FLOW, 0.1)).toBe(1)
    expect(smallestStep(FLOW, 32)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('sensitivityThreshold', () => {
  it('takes the level of the step that is hardest to find, a hair lower', () => {
    expect(sensitivityThreshold(['flow=8', 'temp=10'], steps).fit(low).level).toBeCloseTo(3, 5)
    expect(sensitivityThreshold(['flow=8'], steps).fit(low).level).toBeLessThan(32)
  })

  it('refuses a step that would leave the device in alarm, and says which can be found', () => {
    expect(() => sensitivityThreshold(['flow=1'], steps).fit(low)).toThrow(
      /step of 1 in flow .* in alarm for 50 % of the normal time, and at most 3 %/,
    )
    const error = (() => {
      try {
        sensitivityThreshold(['flow=1'], steps).fit(low)
      } catch (error) {
        return error as { remedy: string }
      }
    })()
    // The level of 3 % in alarm is .97: sqrt(.97 / .5) on the way from 1 to 2.
    expect(error?.remedy).toContain('is 1.39.')
  })

  it.each([
    ['flow', 'low, normal or high'],
    ['flow=0', 'low, normal or high'],
    ['flow=-1', 'low, normal or high'],
    ['speed=1', 'must name one of the channels whose steps were measured: flow, temp'],
    ['flow=0.5', 'steps from 1 on were measured'],
  ])('refuses %s', (text, message) => {
    expect(() => sensitivityThreshold([text], steps).fit(low)).toThrow(message)
  })

  it('says that a model without measured steps needs a training', () => {
    expect(() => sensitivityThreshold(['flow=1'], undefined).fit(low)).toThrow('no steps were measured')
  })
})

describe('words of sensitivity', () => {
  it.each([
    ['low', 0.9999],
    ['normal', 0.999],
    ['high', 0.99],
  ])('%s is the quantile %s of normal scores', (word, quantile) => {
    expect(resolveThreshold({ sensitivity: [word] })).toEqual({ quantile })
  })

  it('is one rule among the others', () => {
    expect(() => resolveThreshold({ sensitivity: ['low'], quantile: 0.9 })).toThrow('mutually exclusive')
    expect(() => resolveThreshold({ sensitivity: ['much'] })).toThrow('low, normal or high')
    expect(resolveThreshold({ sensitivity: ['flow=2'] })).toEqual({ sensitivity: ['flow=2'] })
  })
})
