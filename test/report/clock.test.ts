import { describe, expect, it } from 'vitest'
import { clockOf, offsetChanges } from '../../src/report/clock.js'

describe('the clock of a report', () => {
  it('shows times of its zone, UTC by default, and numbers of rows', () => {
    const time = Date.UTC(2026, 2, 29, 1, 30)
    expect(clockOf('utc', 'Europe/Berlin').text(time)).toBe('2026-03-29 03:30:00')
    expect(clockOf('utc').text(time)).toBe('2026-03-29 01:30:00')
    expect([clockOf('utc').zone, clockOf('index', 'Europe/Berlin').zone]).toEqual(['UTC', undefined])
    expect(clockOf('index', 'Europe/Berlin').text(12)).toBe('12')
  })

  it('has the changes of its offset', () => {
    const from = Date.UTC(2026, 2, 28, 10, 7)
    const hour = 3_600_000
    expect(offsetChanges(clockOf('utc', 'Europe/Berlin'), from, Date.UTC(2026, 9, 30))).toEqual([
      [from, hour],
      [Date.UTC(2026, 2, 29, 1), 2 * hour],
      [Date.UTC(2026, 9, 25, 1), hour],
    ])
    expect(offsetChanges(clockOf('utc'), from, from + 10 * hour)).toEqual([[from, 0]])
  })
})
