import { describe, expect, it } from 'vitest'
import { eventRows, readableEventRows } from '../../src/report/index.js'

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
    const event = {
      id: 'e1',
      start: 1,
      end: 3,
      onset: 1,
      peak: 2,
      score: 2.34567,
      pValue: 0.00123456,
      severity: 41.26,
      channels,
    }
    expect(eventRows(frame, [event], 1)).toEqual([
      {
        id: 'e1',
        start: '1970-01-01T00:00:01Z',
        last: '1970-01-01T00:00:02Z',
        peak: '1970-01-01T00:00:02Z',
        score: 2.346,
        p_value: 0.001235,
        severity: 41.3,
        channels: 'b 75 %',
      },
    ])
  })
})

describe('readableEventRows', () => {
  const event = (start: number, end: number, pValue: number) => ({
    id: `e${start}`,
    start,
    end,
    onset: start,
    peak: start,
    score: 2.34567,
    pValue,
    severity: 41,
    channels: [
      { name: 'b', share: 0.998 },
      { name: 'a', share: 0.002 },
    ],
  })
  const frame = (stepMs: number, timeKind: 'utc' | 'index' = 'utc') => ({
    timeMs: Float64Array.from({ length: 5 }, (_, i) => i * stepMs),
    timeKind,
    values: new Float64Array(10),
    channels: ['a', 'b'],
  })

  it('say when it began, how long it lasted and what to look at, and no more', () => {
    expect(readableEventRows(frame(60_000), [event(1, 4, 0.0123)])).toEqual([
      {
        start: '1970-01-01 00:01',
        duration: '2 min',
        'peak score': 2.346,
        'p-value': '0.012',
        severity: 41,
        channels: 'b 100 %',
      },
    ])
  })

  it('show seconds for all when one needs them', () => {
    const rows = readableEventRows(frame(30_000), [event(0, 1, 0.1), event(1, 3, 0.1)])
    expect(rows.map(({ start, duration }) => [start, duration])).toEqual([
      ['1970-01-01 00:00:00', 'one sample'],
      ['1970-01-01 00:00:30', '30.0 s'],
    ])
  })

  it('count rows where there are no times', () => {
    const rows = readableEventRows(frame(1, 'index'), [event(1, 4, 0.1), event(4, 5, 0.1)])
    expect(rows.map(({ start, duration }) => [start, duration])).toEqual([
      ['1', '3 rows'],
      ['4', '1 row'],
    ])
  })

  it('mark the smallest p-value that the calibration can give', () => {
    const rows = readableEventRows(frame(1000), [event(0, 1, 0.001), event(2, 3, 0.002)], {
      leastPValue: 0.001,
    })
    expect(rows.map(row => row['p-value'])).toEqual(['<= 0.001', '0.002'])
  })
})
