import { describe, expect, it } from 'vitest'
import { channelShares, eventRows, readableEventRows } from '../../src/report/index.js'

describe('eventRows', () => {
  it('names the last sample of an event that reaches the end of the data', () => {
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
      times: { startMs: 1000, lastMs: 2000, onsetMs: 1000, peakMs: 2000 },
      score: 2.34567,
      pValue: 0.00123456,
      severity: 41.26,
      channels,
    }
    expect(eventRows([event], 'utc', 1)).toEqual([
      {
        id: 'e1',
        start: '1970-01-01T00:00:01Z',
        last: '1970-01-01T00:00:02Z',
        peak: '1970-01-01T00:00:02Z',
        score: 2.346,
        p_value: 0.001235,
        severity: 41.3,
        channels: 'b 75 % and 1 more',
        kind: null,
        verdict: null,
        reason: null,
        sentence: null,
      },
    ])
  })
})

it('eventRows gives the row numbers of a series without times, and null for a p-value that is not known', () => {
  const event = {
    id: 'e000003',
    start: 3,
    end: 6,
    onset: 2,
    peak: 4,
    times: { startMs: 3, lastMs: 5, onsetMs: 2, peakMs: 4 },
    score: 2,
    severity: 10,
    channels: [{ name: 'a', share: 1 }],
  }
  expect(eventRows([event], 'index')).toMatchObject([{ start: '3', last: '5', peak: '4', p_value: null }])
})

describe('readableEventRows', () => {
  const eventAt = (stepMs: number) => (start: number, end: number, pValue: number) => ({
    id: `e${start}`,
    start,
    end,
    onset: start,
    peak: start,
    times: {
      startMs: start * stepMs,
      lastMs: (end - 1) * stepMs,
      onsetMs: start * stepMs,
      peakMs: start * stepMs,
    },
    score: 2.34567,
    pValue,
    severity: 41,
    channels: [
      { name: 'b', share: 0.998 },
      { name: 'a', share: 0.002 },
    ],
  })

  it('say when it began, how long it lasted and what to look at, and no more', () => {
    expect(readableEventRows([eventAt(60_000)(1, 4, 0.0123)], 'utc')).toEqual([
      {
        start: '1970-01-01 00:01',
        duration: '2 min',
        'peak score': 2.346,
        'p-value': '0.012',
        severity: 41,
        channels: 'b 100 %',
        id: expect.stringMatching(/^e/),
      },
    ])
  })

  it('last to the end of their last sample where the cadence is known', () => {
    const event = eventAt(60_000)
    const rows = readableEventRows([event(1, 4, 0.1), event(6, 7, 0.1)], 'utc', { stepMs: 60_000 })
    expect(rows.map(({ duration }) => duration)).toEqual(['3 min', 'one sample'])
  })

  it('name the channel that comes first, also with the smallest share', () => {
    const event = eventAt(60_000)(1, 4, 0.1)
    const [row] = readableEventRows([{ ...event, channels: event.channels.toReversed() }], 'utc')
    expect(row.channels).toBe('b 100 %, a 0 %')
  })

  it('show seconds for all when one needs them', () => {
    const event = eventAt(30_000)
    const rows = readableEventRows([event(0, 1, 0.1), event(1, 3, 0.1)], 'utc')
    expect(rows.map(({ start, duration }) => [start, duration])).toEqual([
      ['1970-01-01 00:00:00', 'one sample'],
      ['1970-01-01 00:00:30', '30 s'],
    ])
  })

  it('count rows where there are no times', () => {
    const event = eventAt(1)
    const rows = readableEventRows([event(1, 4, 0.1), event(4, 5, 0.1)], 'index')
    expect(rows.map(({ start, duration }) => [start, duration])).toEqual([
      ['1', '3 rows'],
      ['4', '1 row'],
    ])
  })

  it('mark the smallest p-value that the calibration can give', () => {
    const event = eventAt(1000)
    const rows = readableEventRows([event(0, 1, 0.001), event(2, 3, 0.002)], 'utc', {
      leastPValue: 0.001,
    })
    expect(rows.map(row => row['p-value'])).toEqual(['<= 0.001', '0.002'])
  })
})

describe('channelShares', () => {
  const all = [
    { name: 'cause', share: 0.05 },
    { name: 'a', share: 0.34 },
    { name: 'b', share: 0.2 },
    { name: 'c', share: 0.395 },
    { name: 'd', share: 0.015 },
    { name: 'e', share: 0 },
  ]

  it('shows the largest first, always with the one that explains the event, and how many more there are', () => {
    expect(channelShares(all)).toBe('c 40 %, a 34 %, cause 5 % and 2 more')
  })

  it('leaves out channels without a part of the score', () => {
    expect(channelShares(all, 5)).toBe('c 40 %, a 34 %, b 20 %, cause 5 %, d 2 %')
    expect(channelShares([])).toBe('')
  })
})
