import { describe, expect, it } from 'vitest'
import { eventSentence, type SentenceFacts } from '../../src/explain/index.js'

const duration = (ms: number) => `${ms / 60_000} min`
const bearing = {
  name: 'bearing_temp',
  reading: 88.1,
  low: 69.8,
  high: 74,
  decimals: 1,
  unit: '°C',
  kind: 'unclear',
} as const
const channels = 6

describe('the sentence of an event', () => {
  it('says reading, band and who left first', () => {
    const left = [
      { name: 'bearing_temp', after: 0 },
      { name: 'vibration_x', after: 12 * 60_000 },
    ]
    expect(eventSentence({ main: [bearing], left, duration, channels })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; left its band 12 min before vibration_x',
    )
  })

  it('says nothing of who left first of channels that were outside of their bands before', () => {
    const left = [
      { name: 'bearing_temp', after: 0, isOld: true },
      { name: 'vibration_x', after: 0, isOld: true },
    ] as const
    expect(eventSentence({ main: [bearing], left, duration, channels })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; vibration_x also moved',
    )
  })

  it('says that nothing else moved', () => {
    const left = [{ name: 'bearing_temp', after: 0 }]
    expect(eventSentence({ main: [{ ...bearing, kind: 'spike' }], left, duration, channels })).toBe(
      'bearing_temp jumped to 88.1 °C, expected 69.8-74.0; nothing else moved',
    )
  })

  it('says of a channel without a band neither that it moved nor that nothing else did', () => {
    const unknown = { ...bearing, low: Number.NaN, high: Number.NaN }
    expect(eventSentence({ main: [unknown], left: [], duration, channels })).toBe(
      'bearing_temp 88.1 °C, what is expected is not known',
    )
  })

  it('says how long a reading was repeated', () => {
    expect(
      eventSentence({
        main: [{ ...bearing, kind: 'frozen', repeated: { length: 30 * 60_000 } }],
        left: [],
        duration,
        channels,
      }),
    ).toContain('bearing_temp stayed at 88.1 °C for 30 min, expected')
  })

  it('writes negative bands without two signs side by side', () => {
    const main = [{ name: 'a', reading: -3.01, low: -3, high: 3, decimals: 1, kind: 'unclear' as const }]
    expect(eventSentence({ main, left: [], duration, channels })).toBe(
      'a -3.01, expected -3.00 to 3.00; nothing else moved',
    )
  })

  it('never says that a reading in its band is not expected', () => {
    const inside = { ...bearing, reading: 72 }
    const told = (kind: 'unclear' | 'frozen', left: { name: string; after: number }[] = [], apart?: string) =>
      eventSentence({
        main: [{ ...inside, kind, repeated: { length: 120_000 } }],
        left,
        apart,
        duration,
        channels,
      })
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
    expect(eventSentence({ main: [inside], left: [], duration, channels: 1 })).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; its course is unusual',
    )
  })

  it('never says that a reading outside of the range of the history is within its band', () => {
    const pressure = { name: 'p', low: 50.3, high: 74.3, decimals: 1, kind: 'unclear' as const }
    const history = { min: 54.6, max: 65.8 }
    const said = (reading: number, count: number, left: { name: string; after: number }[] = []) =>
      eventSentence({ main: [{ ...pressure, reading, history }], left, duration, channels: count })
    expect(said(71.2, 1)).toBe('p 71.2, above 65.8, the highest of the history')
    expect(said(52, 1)).toBe('p 52.0, below 54.6, the lowest of the history')
    expect(said(65.82, 1)).toBe('p 65.82, above 65.80, the highest of the history')
    expect(said(78.6, 1)).toBe('p 78.6, expected 50.3-74.3')
    expect(said(65.8, 1)).toBe('p 65.8, within its band of 50.3-74.3; its course is unusual')
    expect(said(71.2, 2)).toBe('p 71.2, above 65.8, the highest of the history; nothing else moved')
    const flow = [{ name: 'flow', after: 0 }]
    expect(said(71.2, 2, flow)).toBe('p 71.2, above 65.8, the highest of the history; flow also moved')
    // A band without any reading of the history: the other channels are at fault as well.
    const guess = { ...pressure, low: 80, high: 90, reading: 52, history }
    expect(eventSentence({ main: [guess], left: [], duration, channels: 1 })).toBe(
      'p 52.0, below 54.6, the lowest of the history',
    )
    const frozen = { ...pressure, kind: 'frozen' as const, reading: 71.2, history }
    expect(
      eventSentence({ main: [{ ...frozen, repeated: { length: 120_000 } }], left: [], duration, channels }),
    ).toBe('p stayed at 71.2 for 2 min, above 65.8, the highest of the history; nothing else moved')
  })

  it('names a valve or a state that turned as the event began', () => {
    const facts = { main: [{ ...bearing, kind: 'level-shift' as const }], left: [], duration, channels: 6 }
    expect(eventSentence({ ...facts, turned: ['mode=boost'] })).toMatch(
      /; mode=boost turned at the same time$/,
    )
    expect(eventSentence({ ...facts, turned: ['a', 'b', 'c'] })).toMatch(
      /; a, b and 1 more turned at the same time$/,
    )
    expect(eventSentence(facts)).toMatch(/; nothing else moved$/)
  })

  it('says how much later or earlier a second fault of another kind began', () => {
    const min = 60_000
    const shift = { ...bearing, kind: 'level-shift' as const, since: 100 * min }
    const stuck = (since: number) => ({
      name: 'flow',
      reading: 5,
      low: 2,
      high: 8,
      decimals: 0,
      kind: 'frozen' as const,
      since: since * min,
      repeated: { length: 90 * min },
    })
    const left = [{ name: 'bearing_temp', after: 100 * min }]
    const facts = { left, duration, channels, later: 20 * min }
    expect(eventSentence({ ...facts, main: [shift], frozen: [stuck(60)] })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; nothing else moved; flow stayed at 5.0 for 90 min, beginning 40 min earlier',
    )
    expect(eventSentence({ ...facts, main: [stuck(60), shift] })).toContain(
      'flow stayed at 5.0 for 90 min, within its band of 2.0-8.0; bearing_temp 88.1 °C, expected 69.8-74.0, beginning 40 min later',
    )
    expect(eventSentence({ ...facts, main: [shift], frozen: [stuck(90)] })).not.toContain('beginning')
    const both = [...left, { name: 'flow', after: 60 * min }]
    expect(eventSentence({ ...facts, left: both, main: [shift, stuck(60)] })).not.toContain('beginning')
  })

  it('speaks of one channel where there is only one', () => {
    const one = { left: [], duration, channels: 1 }
    const main = [{ ...bearing, reading: 72 }]
    expect(eventSentence({ ...one, main, isUnexplained: true })).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; its course is unusual; the score stays above the threshold when it reads as expected',
    )
    const shifted = { ...bearing, reading: 72, kind: 'level-shift' as const }
    expect(eventSentence({ ...one, main: [shifted] })).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; it went from one level to another between two samples',
    )
    expect(eventSentence({ ...one, main: [] })).toBe('the reading does not explain the score')
  })

  it('never says that nothing else moved when every channel is named', () => {
    const main = ['a', 'b'].map(name => ({
      name,
      reading: 9,
      low: 1,
      high: 2,
      decimals: 1,
      kind: 'unclear' as const,
    }))
    const left = ['a', 'b'].map(name => ({ name, after: 0 }))
    expect(eventSentence({ main, left, duration, channels: 2 })).toBe(
      'a 9.0, expected 1.0-2.0; b 9.0, expected 1.0-2.0; a and b left their bands together',
    )
  })

  it('has the digits of the channel, as far as the band needs them, and tells a reading from the edge', () => {
    const told = (reading: number, low: number, high: number, decimals: number) =>
      eventSentence({
        main: [{ name: 'a', reading, low, high, decimals, kind: 'unclear' }],
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
    const main = ['a', 'b', 'c', 'd'].map(name => ({
      name,
      reading: 9,
      low: 1,
      high: 2,
      decimals: 1,
      kind: 'unclear' as const,
    }))
    const left = ['a', 'b', 'x', 'y'].map((name, k) => ({ name, after: k * 60_000 }))
    expect(eventSentence({ main, left, duration, channels })).toBe(
      'a 9.0, expected 1.0-2.0; b 9.0, expected 1.0-2.0; c 9.0, expected 1.0-2.0; 1 more channel is affected; a left its band 1 min before b; 2 other channels also moved',
    )
  })

  it('counts a channel once', () => {
    const left = ['bearing_temp', 'x', 'y', 'z'].map(name => ({ name, after: 0 }))
    expect(eventSentence({ main: [bearing], left, duration, channels })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; bearing_temp and x left their bands together; 2 other channels also moved',
    )
  })

  it('names channels that are frozen, also beside one that explains the event', () => {
    const flow = {
      name: 'flow',
      reading: 3.2,
      low: 2.8,
      high: 3.9,
      decimals: 2,
      unit: 'm³/h',
      repeated: { length: 40 * 60_000 },
      kind: 'frozen',
    } as const
    const left = ['bearing_temp', 'flow'].map((name, k) => ({ name, after: k * 60_000 }))
    const one = { main: [{ ...bearing, kind: 'drift' }], left, duration, channels } as const
    expect(eventSentence({ ...one, frozen: [flow] })).toBe(
      'bearing_temp drifted to 88.1 °C, expected 69.8-74.0; nothing else moved; flow stayed at 3.20 m³/h for 40 min',
    )
    const longer = { ...flow, repeated: { length: 40 * 60_000, isCut: true } }
    expect(eventSentence({ ...one, frozen: [longer] })).toContain('stayed at 3.20 m³/h for at least 40 min')
    const inside = { ...bearing, reading: 72 }
    expect(eventSentence({ ...one, main: [inside], left: [], frozen: [flow] })).toBe(
      'bearing_temp 72.0 °C, within its band of 69.8-74.0; no channel left its band; flow stayed at 3.20 m³/h for 40 min',
    )
    const many = ['a', 'b', 'c', 'd', 'e'].map(name => ({ ...flow, name }))
    expect(eventSentence({ ...one, main: many })).toContain('; 2 more channels are frozen, too; ')
    expect(eventSentence({ ...one, frozen: many })).toContain(
      'left its band 1 min before flow; a, b, c and 2 more repeat their readings',
    )
    expect(eventSentence({ ...one, main: [{ ...flow, name: 'a' }, flow], left: [] })).toBe(
      'a stayed at 3.20 m³/h for 40 min, within its band of 2.80-3.90; flow stayed at 3.20 m³/h for 40 min, within its band of 2.80-3.90; nothing else moved',
    )
  })

  it('says that the channel does not explain the score', () => {
    const left = [{ name: 'bearing_temp', after: 0 }]
    expect(eventSentence({ main: [bearing], left, duration, channels, isUnexplained: true })).toBe(
      'bearing_temp 88.1 °C, expected 69.8-74.0; nothing else moved; no channel explains the score',
    )
  })

  it('says what each channel did', () => {
    const main = [
      { ...bearing, kind: 'spike' },
      { ...bearing, name: 'b', kind: 'drift' },
    ] as const
    expect(eventSentence({ main, left: [], duration, channels })).toBe(
      'bearing_temp jumped to 88.1 °C, expected 69.8-74.0; b drifted to 88.1 °C, expected 69.8-74.0; nothing else moved',
    )
  })

  it('does not speak of a band that holds all that a channel can read', () => {
    const angle = {
      ...bearing,
      name: 'dir.sin',
      unit: undefined,
      reading: 0.31,
      low: -1,
      high: 1,
      decimals: 2,
    }
    const facts = (one: Partial<SentenceFacts['main'][number]>) => ({
      main: [{ ...angle, kind: 'unclear' as const, anyReading: true, ...one }],
      left: [],
      duration,
      channels,
    })
    expect(eventSentence(facts({}))).toBe(
      'dir.sin 0.31; no channel left its band: their combination is unusual',
    )
    expect(eventSentence(facts({ reading: 1.2 }))).toMatch(/^dir.sin 1.20, expected -1.00 to 1.00;/)
    expect(eventSentence(facts({ history: { min: 0.4, max: 1 } }))).toMatch(
      /^dir.sin 0.31, below 0.40, the lowest of the history;/,
    )
  })

  it('says so when no channel explains the event', () => {
    expect(eventSentence({ main: [], left: [], duration, channels })).toContain('no single channel')
  })
})
