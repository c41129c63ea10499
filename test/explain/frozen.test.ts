import { describe, expect, it } from 'vitest'
import { frozenChannels } from '../../src/explain/frozen.js'
import type { Reference } from '../../src/explain/index.js'

const N = 100
/** Two channels; the first repeats a reading in samples 40 to 39 + `length`. */
function frozen(length: number, usual = {}, event = { start: 45, end: 60 }): number[] {
  const channels = ['a', 'b'].map(name => ({ name, spread: 1, longestRun: 3, hasMany: true, ...usual }))
  const values = Float64Array.from({ length: 2 * N }, (_, at) => {
    const i = Math.floor(at / 2)
    return at % 2 === 0 && i >= 40 && i < 40 + length ? 40 : i
  })
  const timeMs = Float64Array.from({ length: N }, (_, i) => i)
  const frame = { timeMs, timeKind: 'index', values, channels: ['a', 'b'] } as const
  return frozenChannels({ frame }, { channels } as unknown as Reference, event, { start: 30, end: 70 })
}

describe('the channels that are frozen over an event', () => {
  it('repeat one reading longer than the rule of detection allows', () => {
    expect(frozen(11)).toEqual([0])
    expect(frozen(10)).toEqual([])
    expect(frozen(20, { longestRun: 10 })).toEqual([])
    expect(frozen(21, { longestRun: 10 })).toEqual([0])
  })

  it('do so within the event', () => {
    expect(frozen(20, {}, { start: 60, end: 65 })).toEqual([])
    expect(frozen(20, {}, { start: 59, end: 65 })).toEqual([0])
  })

  it('are none that have two readings, or often rest', () => {
    expect(frozen(30, { hasMany: false })).toEqual([])
    expect(frozen(N, { longestRun: 100 })).toEqual([])
  })
})
