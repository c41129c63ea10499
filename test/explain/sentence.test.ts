import { describe, expect, it } from 'vitest'
import { eventSentence } from '../../src/explain/index.js'

const duration = (ms: number) => `${ms / 60_000} min`
const bearing = { name: 'bearing_temp', reading: 88.1, low: 69.8, high: 74, decimals: 1, unit: '°C' }
const channels = 6

describe('the sentence of an event', () => {
  it('says reading, band and who left first', () => {
    const left = [
      { name: 'bearing_temp', after: 0 },
      { name: 'vibration_x', after: 12 * 60_000 },
    ]
    expect(eventSentence({ kind: 'unclear', main: [bearing], left, duration, channels })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; left its band 12 min before vibration_x',
    )
  })

  it('says that nothing else moved', () => {
    const left = [{ name: 'bearing_temp', after: 0 }]
    expect(eventSentence({ kind: 'spike', main: [bearing], left, duration, channels })).toBe(
      'bearing_temp jumped to 88.1 °C, expected 69.8-74.0; nothing else moved',
    )
  })

  it('says how long a reading was repeated', () => {
    expect(
      eventSentence({ kind: 'frozen', main: [bearing], left: [], repeated: 30 * 60_000, duration, channels }),
    ).toContain('bearing_temp stayed at 88.1 °C for 30 min, expected')
  })

  it('writes negative bands without two signs side by side', () => {
    const main = [{ name: 'a', reading: -3.01, low: -3, high: 3, decimals: 1 }]
    expect(eventSentence({ kind: 'unclear', main, left: [], duration, channels })).toBe(
      'a -3.01, expected -3.00 to 3.00; nothing else moved',
    )
  })

  it('never says that a reading in its band is not expected', () => {
    const inside = { ...bearing, reading: 72 }
    const told = (kind: 'unclear' | 'frozen', left: { name: string; after: number }[] = [], apart?: string) =>
      eventSentence({ kind, main: [inside], left, apart, repeated: 120_000, duration, channels })
    expect(told('unclear')).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; no channel left its band: their combination is unusual',
    )
    expect(told('unclear', [], 'flow')).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0, no longer moves with flow; no channel left its band',
    )
    expect(told('frozen')).toBe(
      'bearing_temp stayed at 72.0 °C for 2 min, within its band of 69.8-74.0; nothing else moved',
    )
    expect(told('unclear', [{ name: 'flow', after: 0 }])).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; flow left its band',
    )
    expect(eventSentence({ kind: 'unclear', main: [inside], left: [], duration, channels: 1 })).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; its course is unusual',
    )
  })

  it('never says that nothing else moved when every channel is named', () => {
    const main = ['a', 'b'].map(name => ({ name, reading: 9, low: 1, high: 2, decimals: 1 }))
    const left = ['a', 'b'].map(name => ({ name, after: 0 }))
    expect(eventSentence({ kind: 'unclear', main, left, duration, channels: 2 })).toBe(
      'a 9.0, expected 1.0-2.0; b 9.0, expected 1.0-2.0; a and b left their bands together',
    )
  })

  it('has the digits of the channel, as far as the band needs them, and tells a reading from the edge', () => {
    const told = (reading: number, low: number, high: number, decimals: number) =>
      eventSentence({
        kind: 'unclear',
        main: [{ name: 'a', reading, low, high, decimals }],
        left: [],
        duration,
        channels,
      })
    expect(told(50.26, 6.12, 47.83, 6)).toContain('a 50.3, expected 6.1-47.8')
    expect(told(50, 6.12, 47.83, 0)).toContain('a 50, expected 6-48')
    expect(told(48, 6.12, 47.83, 0)).toContain('a 48.0, expected 6.1-47.8')
    expect(told(63.832, 0, 0, 3)).toContain('a 63.832, expected 0.000-0.000')
    expect(told(4, 3.21, 3.64, 0)).toContain('a 4.00, expected 3.21-3.64')
    expect(told(1.0000004, 0.5, 1, 9)).toContain('a 1.0000004, expected 0.5000000-1.0000000')
  })

  it('counts further channels and what else moved', () => {
    const main = ['a', 'b', 'c', 'd'].map(name => ({ name, reading: 9, low: 1, high: 2, decimals: 1 }))
    const left = ['a', 'b', 'x', 'y'].map((name, k) => ({ name, after: k * 60_000 }))
    expect(eventSentence({ kind: 'process-anomaly', main, left, duration, channels })).toBe(
      'a 9.0, expected 1.0-2.0; b 9.0, expected 1.0-2.0; c 9.0, expected 1.0-2.0; 1 more channel is affected; a left its band 1 min before b; 2 other channels also moved',
    )
  })

  it('counts a channel once', () => {
    const left = ['bearing_temp', 'x', 'y', 'z'].map(name => ({ name, after: 0 }))
    expect(eventSentence({ kind: 'unclear', main: [bearing], left, duration, channels })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; bearing_temp and x left their bands together; 2 other channels also moved',
    )
  })

  it('says so when no channel explains the event', () => {
    expect(eventSentence({ kind: 'unclear', main: [], left: [], duration, channels })).toContain(
      'no single channel',
    )
  })
})
