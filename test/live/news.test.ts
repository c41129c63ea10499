import { describe, expect, it } from 'vitest'
import type { AnomalyEvent } from '../../src/core/contracts.js'
import { isNews, reportedOf } from '../../src/live/news.js'

const MINUTE = 60_000
const event = (lastMinute: number, severity = 40, first = 'flow', unitMs = MINUTE): AnomalyEvent => ({
  id: 'e',
  start: 0,
  end: lastMinute + 1,
  onset: 0,
  peak: 0,
  times: { startMs: 0, lastMs: lastMinute * unitMs, onsetMs: 0, peakMs: 0 },
  score: 3,
  severity,
  channels: [
    { name: first, share: 0.6 },
    { name: 'power', share: 0.4 },
  ],
})

describe('an open event', () => {
  const last = reportedOf(event(10, 42))

  it.each([
    ['is the same, and longer by less than a half', event(19, 44), false],
    ['is twice as long', event(20, 42), true],
    ['reached another step of severity', event(11, 45), true],
    ['fell to another step of severity', event(11, 39), true],
    ['has another first channel', event(11, 42, 'power'), true],
  ])('that %s', (_, now, expected) => {
    expect(isNews(now, last)).toBe(expected)
  })

  it('that has just begun is reported again with its next sample', () => {
    expect(isNews(event(1), reportedOf(event(0)))).toBe(true)
  })

  it('is reported some 20 times in a week, and at least once a day', () => {
    let previous = event(0)
    const gaps: number[] = []
    for (let minute = 1; minute <= 7 * 24 * 60; minute++) {
      if (!isNews(event(minute), reportedOf(previous))) continue
      gaps.push(minute * MINUTE - previous.times.lastMs)
      previous = event(minute)
    }
    expect(gaps.length).toBeGreaterThan(10)
    expect(gaps.length).toBeLessThan(25)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(24 * 3_600_000)
  })
})
