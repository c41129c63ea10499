import { describe, expect, it } from 'vitest'
import { eventRulesOf } from '../../src/events/index.js'

describe('eventRulesOf', () => {
  it('takes each rule from the options, else from the training, else plain', () => {
    const trained = { mergeGap: 2, openCount: 3, window: 30, directionByChannel: ['a=above'] }
    expect(eventRulesOf({ openCount: 1 }, trained, ['a'])).toMatchObject({
      mergeGap: 2,
      openCount: 1,
      minLength: 1,
      channels: { a: { direction: 'above', minAbsolute: 0, minRelative: 0 } },
      maintenance: [],
    })
  })

  it('joins the three rules of a channel, whose name may hold an equals sign', () => {
    const rules = eventRulesOf({
      directionByChannel: ['a=b=below'],
      minAbsoluteByChannel: ['a=b=2', 'c=1e-3'],
      minRelativeByChannel: ['a=b=.05'],
    })
    expect(rules.channels).toEqual({
      'a=b': { direction: 'below', minAbsolute: 2, minRelative: 0.05 },
      c: { direction: 'both', minAbsolute: 0.001, minRelative: 0 },
    })
  })

  it('reads maintenance in the zone that was given with it', () => {
    const zoneOf = (...args: Parameters<typeof eventRulesOf>) => eventRulesOf(...args).maintenance[0]
    const maintenance = ['Sun 02:00-04:00']
    expect(zoneOf({ maintenance })).toMatchObject({ timeZone: 'UTC' })
    expect(zoneOf({ maintenance, timeZone: 'Asia/Tokyo' })).toMatchObject({ timeZone: 'Asia/Tokyo' })
    const trained = { maintenance, timeZone: 'Europe/Berlin' }
    expect(zoneOf({ timeZone: 'Asia/Tokyo' }, trained)).toMatchObject({ timeZone: 'Europe/Berlin' })
    expect(zoneOf({ maintenance }, trained)).toMatchObject({ timeZone: 'Europe/Berlin' })
  })

  it('refuses a channel that is not there', () => {
    expect(() => eventRulesOf({ minAbsoluteByChannel: ['b=1'] }, {}, ['a'])).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: expect.stringContaining('--min-absolute-by-channel is b=1'),
      }),
    )
  })
})
