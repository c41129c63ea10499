import { describe, expect, it } from 'vitest'
import {
  checkEventOptions,
  type EventSettings,
  eventRules,
  parseMaintenance,
  resolveEventRules,
} from '../../src/events/index.js'

const resolve = (settings: EventSettings, base = {}) =>
  resolveEventRules(settings, checkEventOptions(base), ['a', 'b', 'a=b', 'c'])

describe('resolveEventRules', () => {
  it('takes each number from the settings, else from the base, else the default', () => {
    const base = { mergeGap: 2, openCount: 3, openWithin: 4, coolDown: 7 }
    expect(resolve({ openCount: 1 }, base)).toEqual({
      mergeGap: 2,
      openCount: 1,
      openWithin: 4,
      coolDown: 7,
      closeBelow: 1,
      minLength: 1,
      channels: {},
      maintenance: [],
    })
    expect(resolveEventRules({ mergeGap: 0 }, undefined, ['a'])).toEqual(checkEventOptions({ mergeGap: 0 }))
  })

  it('gives rules that a model may keep, and gives them back when nothing is asked for', () => {
    const rules = resolve({
      criticalScore: 4,
      directionByChannel: ['a=above'],
      maintenance: ['Sun 02:00-04:00', '2024-01-01..2024-01-02'],
    })
    expect(eventRules.parse(rules)).toEqual(rules)
    expect(resolveEventRules({}, rules, ['a'])).toEqual(rules)
  })

  it('joins the three rules of a channel, whose name may hold an equals sign', () => {
    const { channels } = resolve({
      directionByChannel: ['a=b=below'],
      minAbsoluteByChannel: ['a=b=2', 'c=1e-3'],
      minRelativeByChannel: ['a=b=.05'],
    })
    expect(channels).toEqual({
      'a=b': { direction: 'below', minAbsolute: 2, minRelative: 0.05 },
      c: { direction: 'both', minAbsolute: 0.001, minRelative: 0 },
    })
  })

  it('puts a list that is given in the place of the same list of the base, and leaves the others', () => {
    const base = {
      channels: {
        a: { direction: 'above', minAbsolute: 2 },
        b: { direction: 'below' },
        c: { minRelative: 0.1 },
      },
    } as const
    expect(resolve({ directionByChannel: ['c=above'] }, base).channels).toEqual({
      a: { direction: 'both', minAbsolute: 2, minRelative: 0 },
      c: { direction: 'above', minAbsolute: 0, minRelative: 0.1 },
    })
    expect(resolve({ directionByChannel: [] }, base).channels).toEqual({
      a: { direction: 'both', minAbsolute: 2, minRelative: 0 },
      c: { direction: 'both', minAbsolute: 0, minRelative: 0.1 },
    })
    expect(resolve({ minAbsoluteByChannel: ['a=3'] }, base).channels.a).toEqual({
      direction: 'above',
      minAbsolute: 3,
      minRelative: 0,
    })
  })

  it('leaves the base as it was', () => {
    const base = checkEventOptions({ channels: { a: { direction: 'above', minAbsolute: 2 } } })
    const before = structuredClone(base)
    resolveEventRules({ directionByChannel: ['a=below'], minAbsoluteByChannel: [] }, base, ['a'])
    expect(base).toEqual(before)
  })

  it('leaves out a channel whose rule says nothing: such rules would need expected values', () => {
    expect(resolve({ directionByChannel: ['a=both'], minAbsoluteByChannel: ['b=0'] }).channels).toEqual({})
  })

  it('reads maintenance in the zone that was given with it; that of the base stays as it is', () => {
    const maintenance = ['Sun 02:00-04:00']
    const zoneOf = (...args: Parameters<typeof resolve>) => resolve(...args).maintenance[0]
    expect(zoneOf({ maintenance })).toMatchObject({ timeZone: 'UTC' })
    expect(zoneOf({ maintenance, timeZone: 'Asia/Tokyo' })).toMatchObject({ timeZone: 'Asia/Tokyo' })
    const base = { maintenance: [parseMaintenance('Mon 01:00-02:00', 'Europe/Berlin')] }
    expect(resolve({ timeZone: 'Asia/Tokyo' }, base).maintenance).toEqual(base.maintenance)
    expect(resolve({ maintenance }, base).maintenance).toEqual([parseMaintenance('Sun 02:00-04:00', 'UTC')])
    expect(resolve({ maintenance: [] }, base).maintenance).toEqual([])
  })

  it('refuses a channel that is not there', () => {
    expect(() => resolve({ minAbsoluteByChannel: ['d=1'] })).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: expect.stringContaining('--min-absolute-by-channel is d=1'),
      }),
    )
  })

  it('refuses a setting that contradicts the base', () => {
    expect(() => resolve({ openCount: 5 }, { openCount: 2, openWithin: 4 })).toThrow(
      expect.objectContaining({
        code: 'option-invalid',
        message: expect.stringContaining('openWithin is 4'),
      }),
    )
  })

  it('refuses a time of maintenance that it cannot read', () => {
    expect(() => resolve({ maintenance: ['some day'] })).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  })
})
