import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventMachine, parseMaintenance } from '../../src/events/index.js'
import { maintenanceAt } from '../../src/events/maintenance.js'

const isIn = (text: string, time: string, zone?: string) =>
  maintenanceAt([parseMaintenance(text, zone)], 'utc')(Date.parse(time))

const MINUTE_MS = 60_000
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

describe('a weekly time of maintenance', () => {
  it('is what the clock and calendar of its zone say, at any minute', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu']
    const text = (minute: number) =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 * 24 * 366 }),
        fc.constantFrom(...zones),
        fc.nat(6),
        fc.nat(1439),
        fc.integer({ min: 1, max: 1440 }),
        (minutes, zone, day, from, to) => {
          fc.pre(from < to)
          const timeMs = Date.UTC(2024, 0, 1) + minutes * MINUTE_MS
          // Another way to ask for the clock on the wall than the offset of the zone.
          const [weekday, clock] = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            weekday: 'short',
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          })
            .format(timeMs)
            .split(' ')
          const [hour, minute] = clock.split(':').map(Number)
          const now = hour * 60 + minute
          const window = parseMaintenance(`${WEEKDAYS[day]} ${text(from)}-${text(to)} ${zone}`)
          expect(maintenanceAt([window], 'utc')(timeMs)).toBe(
            weekday === WEEKDAYS[day] && now >= from && now < to,
          )
        },
      ),
      { seed: 1 },
    )
  })

  it('begins at its first minute and ends before its last', () => {
    // 2024-05-05 was a Sunday.
    expect(isIn('Sun 02:00-04:00', '2024-05-05T01:59:59Z')).toBe(false)
    expect(isIn('Sun 02:00-04:00', '2024-05-05T02:00:00Z')).toBe(true)
    expect(isIn('Sun 02:00-04:00', '2024-05-05T03:59:59Z')).toBe(true)
    expect(isIn('Sun 02:00-04:00', '2024-05-05T04:00:00Z')).toBe(false)
    expect(isIn('Sun 02:00-04:00', '2024-05-06T03:00:00Z')).toBe(false)
  })

  it('runs past midnight into the day after the one that it names', () => {
    expect(isIn('Sat 22:00-02:00', '2024-05-04T23:00:00Z')).toBe(true)
    expect(isIn('Sat 22:00-02:00', '2024-05-05T01:59:00Z')).toBe(true)
    expect(isIn('Sat 22:00-02:00', '2024-05-04T01:00:00Z')).toBe(false)
  })

  it('keeps to the clock on the wall when daylight saving begins', () => {
    const text = 'daily 06:00-07:00 Europe/Berlin'
    expect(isIn(text, '2024-03-30T05:30:00Z')).toBe(true)
    expect(isIn(text, '2024-03-31T04:30:00Z')).toBe(true)
    expect(isIn(text, '2024-03-31T05:30:00Z')).toBe(false)
  })

  it.each([
    ['Mon-Fri 12:00-13:00', [1, 2, 3, 4, 5]],
    ['Fri-Mon 12:00-13:00', [5, 6, 0, 1]],
    ['sat+SUN 12:00-13:00', [6, 0]],
    ['daily 00:00-24:00', [0, 1, 2, 3, 4, 5, 6]],
  ])('reads the days of %s', (text, days) => {
    expect(parseMaintenance(text)).toMatchObject({ days })
  })

  it('takes the zone given for all where it names none', () => {
    expect(parseMaintenance('Sun 02:00-04:00', 'Asia/Tokyo')).toMatchObject({ timeZone: 'Asia/Tokyo' })
    expect(parseMaintenance('Sun 02:00-04:00 UTC', 'Asia/Tokyo')).toMatchObject({ timeZone: 'UTC' })
  })

  it('needs samples with times', () => {
    expect(() =>
      createEventMachine(['a'], 'index', { maintenance: [parseMaintenance('Sun 02:00-04:00')] }),
    ).toThrow(expect.objectContaining({ code: 'option-combination' }))
  })
})

describe('a single time of maintenance', () => {
  it.each([
    ['2024-05-01T06:00..2024-05-01T09:00', undefined, '2024-05-01T06:00:00Z'],
    ['2024-05-01T06:00..2024-05-01T09:00 Europe/Berlin', undefined, '2024-05-01T04:00:00Z'],
    ['2024-05-01T06:00..2024-05-01T09:00', 'Asia/Tokyo', '2024-04-30T21:00:00Z'],
    ['2024-05-01T06:00+02:00..2024-05-01T09:00+02:00', 'Asia/Tokyo', '2024-05-01T04:00:00Z'],
    ['2024-05-01..2024-05-02', undefined, '2024-05-01T00:00:00Z'],
  ])('%s in the zone %s begins at %s', (text, zone, start) => {
    expect(parseMaintenance(text, zone)).toMatchObject({ start: Date.parse(start) })
  })
})

it.each([
  'Sunday 02:00-04:00',
  'Sun 02:00',
  'Sun 25:00-26:00',
  'Sun 02:00-02:00',
  'Sun 02:60-04:00',
  'Sun 02:00-04:00 Mars/Olympus',
  '2024-05-02..2024-05-01',
  'yesterday..today',
  '',
])('maintenance %j is refused with examples', text => {
  expect(() => parseMaintenance(text)).toThrow(
    expect.objectContaining({ code: 'option-invalid', message: expect.stringContaining('--maintenance') }),
  )
})
