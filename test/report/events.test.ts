import { describe, expect, it } from 'vitest'
import { eventRows } from '../../src/report/index.js'

describe('eventRows', () => {
  it('names the last sample of an event that reaches the end of the data', () => {
    const frame = {
      timeMs: Float64Array.of(0, 1000, 2000),
      timeKind: 'utc' as const,
      values: new Float64Array(6),
      channels: ['a', 'b'],
    }
    const channels = [
      { name: 'b', share: 0.75 },
      { name: 'a', share: 0.25 },
    ]
    const event = { id: 'e1', start: 1, end: 3, onset: 1, peak: 2, score: 2.34567, severity: 41.26, channels }
    expect(eventRows(frame, [event], 1)).toEqual([
      {
        id: 'e1',
        start: '1970-01-01T00:00:01Z',
        last: '1970-01-01T00:00:02Z',
        peak: '1970-01-01T00:00:02Z',
        score: 2.346,
        severity: 41.3,
        channels: 'b 75 %',
      },
    ])
  })
})
