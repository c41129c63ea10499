import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { turnedChannels } from '../../src/explain/turned.js'

describe('channels that turned as an event began', () => {
  const rows = Array.from({ length: 20 }, (_, i) => [i, Number(i < 10), Number(i >= 10), Number(i >= 15)])
  const frame: Frame = {
    timeMs: Float64Array.from(rows, (_, i) => i),
    timeKind: 'index',
    values: Float64Array.from(rows.flat()),
    channels: ['temp', 'idle', 'boost', 'valve'],
  }
  const reference = { channels: [true, false, false, false].map(hasMany => ({ hasMany })) } as never
  it('are those of two readings that changed near its start, the one that rose first', () => {
    expect(turnedChannels(frame, reference, { start: 10, end: 14 })).toEqual([2, 1])
    expect(turnedChannels(frame, reference, { start: 12, end: 20 })).toEqual([2, 1])
    expect(turnedChannels(frame, reference, { start: 14, end: 20 })).toEqual([3])
    expect(turnedChannels(frame, reference, { start: 5, end: 7 })).toEqual([])
    expect(turnedChannels(frame, reference, { start: 0, end: 20 })).toEqual([])
  })
})
