import { describe, expect, it } from 'vitest'
import { numberText, percentText, scoreText, spanText, timeText } from '../../../browser/live/text.js'

describe('texts of the page', () => {
  it.each([
    [120, '120 ms'],
    [8500, '8.5 s'],
    [372_000, '6 min 12 s'],
    [3_600_000, '1 h'],
    [183_600_000, '2 d 3 h'],
    [null, '–'],
  ])('say a span of %s ms as %s', (ms, text) => {
    expect(spanText(ms)).toBe(text)
  })

  it('say times in UTC', () => {
    expect(timeText(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe('2 Jan 03:04:05')
    expect(timeText(null)).toBe('–')
  })

  it('say numbers with the digits that matter', () => {
    expect([1234567, 0.123456, 88.1, null].map(value => numberText(value))).toEqual([
      '1\u2009234\u2009567',
      '0.1235',
      '88.1',
      '–',
    ])
    expect([0.5, 12.345, 120.4, null].map(scoreText)).toEqual(['0.50', '12.35', '120', '–'])
    expect([0, 0.994, 0.9999, 1].map(percentText)).toEqual(['0 %', '99 %', '99 %', '100 %'])
  })
})
