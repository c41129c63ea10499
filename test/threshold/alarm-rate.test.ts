import { describe, expect, it } from 'vitest'
import { formatAlarmRate, parseAlarmRate } from '../../src/threshold/index.js'

describe('parseAlarmRate', () => {
  it.each([
    ['1/day', 1],
    ['2/week', 2 / 7],
    ['0.5/month', 0.5 / (365.25 / 12)],
    ['1/30d', 1 / 30],
    ['3 / 2 weeks', 3 / 14],
    ['1/h', 24],
    ['1/12mo', 1 / 365.25],
    ['1/Year', 1 / 365.25],
  ])('reads %s', (text, perDay) => {
    expect(parseAlarmRate(text)).toBeCloseTo(perDay, 12)
  })

  it.each(['', '1', 'day', '0/day', '-1/day', '1/0d', '1/fortnight', '1/day/2', '1e400/day', '1/m'])(
    'refuses %s and says what is wanted',
    text => {
      expect(() => parseAlarmRate(text)).toThrow(
        expect.objectContaining({
          code: 'option-invalid',
          message: expect.stringContaining('1/day, 2/week'),
        }),
      )
    },
  )
})

describe('formatAlarmRate', () => {
  it.each(['1/day', '2/day', '1/week', '2/week', '1/month', '1/year', '5/hour', '0.2/year'])(
    'writes %s as it is read',
    text => {
      expect(formatAlarmRate(parseAlarmRate(text))).toBe(text)
    },
  )
})
