import { describe, expect, it } from 'vitest'
import { eventSentence } from '../../src/explain/index.js'

const duration = (ms: number) => `${ms / 60_000} min`
const bearing = { name: 'bearing_temp', reading: 88.1, low: 69.8, high: 74, unit: '°C' }

describe('the sentence of an event', () => {
  it('says reading, band and who left first', () => {
    const left = [
      { name: 'bearing_temp', after: 0 },
      { name: 'vibration_x', after: 12 * 60_000 },
    ]
    expect(eventSentence({ kind: 'unclear', main: [bearing], left, duration })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; left its band 12 min before vibration_x',
    )
  })

  it('says that nothing else moved', () => {
    const left = [{ name: 'bearing_temp', after: 0 }]
    expect(eventSentence({ kind: 'spike', main: [bearing], left, duration })).toBe(
      'bearing_temp jumped to 88.1 °C, expected 69.8-74.0; nothing else moved',
    )
  })

  it('says how long a reading was repeated', () => {
    expect(
      eventSentence({ kind: 'frozen', main: [bearing], left: [], repeated: 30 * 60_000, duration }),
    ).toContain('bearing_temp stayed at 88.1 °C for 30 min, expected')
  })

  it('writes negative bands without two signs side by side', () => {
    const main = [{ name: 'a', reading: -0.01, low: -3, high: 3 }]
    expect(eventSentence({ kind: 'unclear', main, left: [], duration })).toBe(
      'a 0.0, expected -3.0 to 3.0; nothing else moved',
    )
  })

  it('counts further channels and what else moved', () => {
    const main = ['a', 'b', 'c', 'd'].map(name => ({ name, reading: 9, low: 1, high: 2 }))
    const left = ['a', 'b', 'x', 'y'].map((name, k) => ({ name, after: k * 60_000 }))
    expect(eventSentence({ kind: 'process-anomaly', main, left, duration })).toBe(
      'a 9.0, expected 1.0-2.0; b 9.0, expected 1.0-2.0; c 9.0, expected 1.0-2.0; 1 more channel is affected; a left its band 1 min before b; 2 other channels also moved',
    )
  })

  it('says so when no channel explains the event', () => {
    expect(eventSentence({ kind: 'unclear', main: [], left: [], duration })).toContain('no single channel')
  })
})
