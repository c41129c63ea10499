import { describe, expect, it } from 'vitest'
import { checkEarly } from '../../src/cli/check-early.js'

describe('options that are wrong by themselves', () => {
  it.each([
    [{ exclude: 'foo' }, '--exclude'],
    [{ exclude: '1:2,pump-1=soon' }, '--exclude'],
    [{ exclude: '2024-13-01..2024-14-01' }, '--exclude'],
    [{ falseAlarms: '1/foo' }, '--false-alarms is'],
    [{ maintenance: ['foo'] }, '--maintenance'],
    [{ sensitivity: ['p=x'] }, '--sensitivity'],
    [{ quantile: 0.9, falseAlarms: '1/week' }, '--quantile'],
  ])('are refused before a table is read: %j', (options, name) => {
    expect(() => checkEarly(options, {})).toThrow(name)
  })

  it('are none of these', () => {
    const exclude = '1:2,pump-1=2024-03-01..2024-03-02,..2024-01-01,5:'
    const maintenance = ['Sun 02:00-04:00', '2024-05-01T06:00..2024-05-01T09:00']
    expect(() => checkEarly({ exclude, maintenance, falseAlarms: '1/week' }, {})).not.toThrow()
    expect(() => checkEarly({ sensitivity: ['high'] }, { timeZone: 'Europe/Berlin' })).not.toThrow()
  })
})
