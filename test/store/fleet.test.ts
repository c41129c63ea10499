import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forChannels } from '../../src/core/channels.js'
import type { Frame } from '../../src/core/frame.js'
import { withReadings } from '../../src/pipeline/index.js'
import { deviceFolder } from '../../src/store/index.js'

const { NaN: missing } = Number
const frame: Frame = {
  timeMs: Float64Array.of(0, 1),
  timeKind: 'index',
  values: Float64Array.of(1, missing, 2, 3, missing, missing),
  channels: ['a', 'b', 'c'],
}

describe('deviceFolder', () => {
  it('is one plain name that every file system takes, whatever the device is called', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('', '..', 'con', 'a/b', 'LPT1', '.x', 'x.')),
        device => {
          expect(deviceFolder(device)).toMatch(/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/)
        },
      ),
      { seed: 1 },
    )
  })

  it('differs for names that differ, also by case or by what a file system drops', () => {
    const names = ['p1', 'P1', 'p1 ', 'p1.', 'p/1', 'p\\1', 'p-1', '', 'con', 'CON', 'ä', 'a\u0308']
    expect(new Set(names.map(deviceFolder)).size).toBe(names.length)
    expect(deviceFolder('p1')).toBe('p1')
    expect(deviceFolder('con')).toMatch(/^con-[0-9a-f]{12}$/)
  })
})

describe('withReadings', () => {
  it('leaves out what has no reading, and keeps a frame that has none at all', () => {
    const only = { ...frame, values: Float64Array.of(1, missing, 2, 3, missing, 4) }
    const { history, empty } = withReadings(only)
    expect([history.channels, [...history.values], empty]).toEqual([['a', 'c'], [1, 2, 3, 4], ['b']])
    const none = { ...frame, values: new Float64Array(6).fill(missing) }
    expect(withReadings(none)).toEqual({ history: none, empty: [] })
  })
})

describe('forChannels', () => {
  it('takes the channels of a model in its order, when the others have no reading', () => {
    const { channels, values } = forChannels(frame, ['c', 'a'])
    expect([channels, [...values]]).toEqual([
      ['c', 'a'],
      [2, 1, missing, 3],
    ])
  })

  it('refuses a channel that is missing, and readings that the model knows nothing of', () => {
    expect(() => forChannels(frame, ['a', 'd'])).toThrow(/missing d; not known to the model c/)
    const silent = { ...frame, values: new Float64Array(6).fill(missing) }
    expect(forChannels(silent, ['a']).channels).toEqual(['a'])
  })
})
