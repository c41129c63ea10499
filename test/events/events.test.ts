import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { findEvents, severity } from '../../src/events/index.js'

describe('findEvents', () => {
  const frame: Frame = {
    timeMs: Float64Array.from({ length: 8 }, (_, i) => Date.UTC(2024, 0, 1) + 1000 * i),
    timeKind: 'utc',
    values: new Float64Array(16),
    channels: ['a', 'b'],
  }
  const score = Float32Array.of(0.2, 0.92, 0.95, 1.5, 3, 1.2, 0.4, Number.NaN)
  const flag = Uint8Array.from(score, value => (value > 1 ? 1 : 0))
  const residual = Float32Array.from({ length: 16 }, (_, i) => (i % 2 === 1 ? 3 : 1) * score[i >> 1])
  const [event, ...more] = findEvents(frame, score, flag, residual, { mergeGap: 0, minLength: 1 })

  it('names start, end, onset, peak and the channels by their share', () => {
    expect(more).toEqual([])
    expect(event).toMatchObject({ start: 3, end: 6, onset: 1, peak: 4, score: 3 })
    const { timeMs } = frame
    expect(event.times).toEqual({
      startMs: timeMs[3],
      lastMs: timeMs[5],
      onsetMs: timeMs[1],
      peakMs: timeMs[4],
    })
    expect(event.channels).toEqual([
      { name: 'b', share: 0.75 },
      { name: 'a', share: 0.25 },
    ])
  })

  it('gives an id that depends on the start time alone', () => {
    expect(event.id).toBe('e20240101T000003000')
  })

  it('does not let the onset reach into the event before', () => {
    const twice = Float32Array.of(2, 0.95, 2, 0.95, 2, 0, 0, 0)
    const events = findEvents(
      frame,
      twice,
      Uint8Array.from(twice, v => (v > 1 ? 1 : 0)),
      residual,
      { mergeGap: 0, minLength: 1 },
    )
    expect(events.map(({ onset }) => onset)).toEqual([0, 1, 3])
  })
})

describe('severity', () => {
  it('lies in 0..100 and rises with score and length', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 1e6 }),
        (score, length) => {
          const value = severity(score, length)
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(100)
          expect(severity(2 * score, length)).toBeGreaterThanOrEqual(value)
          expect(severity(score, 2 * length)).toBeGreaterThanOrEqual(value)
        },
      ),
      { seed: 1 },
    )
    expect(severity(1, 1)).toBe(0)
  })
})
