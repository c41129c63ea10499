import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { DAY_MS, MINUTE_MS } from '../core/milliseconds.js'
import { parseTime } from '../core/parse-time.js'
import { createZoneOffsets } from '../core/zone-offset.js'

/** A time, from `start` up to `end`, ms since the epoch. */
export interface MaintenanceInterval {
  readonly start: number
  readonly end: number
}

/** The same hours on some days of every week, in local time. */
export interface WeeklyMaintenance {
  /** Days on which it begins, 0 = Sunday. */
  readonly days: readonly number[]
  /** Minutes after midnight; up to `to`, which lies on the next day when it is not after `from`. */
  readonly from: number
  readonly to: number
  readonly timeZone: string
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const OPTION = '--maintenance'

/**
 * A maintenance window in text form: `Sun 02:00-04:00`, `Mon-Fri 23:30-00:30`, `Sat+Sun 06:00-07:00`, `daily 02:00-02:15`, or once,
 * `2024-05-01T06:00..2024-05-01T09:00`. A time zone may stand at the end, as in `Sun 02:00-04:00 Europe/Berlin`; a weekly time follows its clocks
 * through daylight saving.
 *
 * @param zone of times that name none
 * @throws OptionError `option-invalid`
 * @example
 * import { parseMaintenance } from './maintenance.js'
 * parseMaintenance('Sat+Sun 22:00-02:00 UTC') // => { "days": [6, 0], "from": 1320, "to": 120, "timeZone": "UTC" }
 * parseMaintenance('2024-05-01T06:00..2024-05-01T06:01') // => { "start": 1714543200000, "end": 1714543260000 }
 */
export function parseMaintenance(text: string, zone = 'UTC'): MaintenanceInterval | WeeklyMaintenance {
  const weekly = /^\s*([a-z+-]+)\s+(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)(?:\s+([\w/+-]+))?\s*$/i.exec(text)
  if (weekly) {
    const [, days, ...clock] = weekly
    const [from, to] = [minuteOf(clock[0], clock[1]), minuteOf(clock[2], clock[3])]
    const timeZone = clock[4] ?? zone
    createZoneOffsets(timeZone, OPTION)
    const numbers = daysOf(days.toLowerCase())
    if (numbers === undefined || Number.isNaN(from + to) || from === to || from === 24 * 60)
      throw refused(text)
    return { days: numbers, from, to, timeZone }
  }
  const once = /^\s*(.+?)\s*\.\.\s*(.+?)(?:\s+([a-z]\w*\/[\w/+-]+|utc))?\s*$/i.exec(text)
  if (!once) throw refused(text)
  const timeZone = once[3] ?? zone
  createZoneOffsets(timeZone, OPTION)
  const [start, end] = [once[1]!, once[2]!].map(time => parseTime(time, { timeZone, name: OPTION }))
  if (!(start < end)) throw refused(text)
  return { start, end }
}

/**
 * Whether a time lies in maintenance.
 *
 * @throws OptionError `option-combination` when there is a weekly time and samples have only row numbers
 */
export function maintenanceAt(
  windows: readonly (MaintenanceInterval | WeeklyMaintenance)[],
  timeKind: Frame['timeKind'],
): (timeMs: number) => boolean {
  if (windows.length === 0) return () => false
  const tests = windows.map(window => {
    if ('start' in window) return (timeMs: number) => timeMs >= window.start && timeMs < window.end
    if (timeKind === 'index')
      throw createError('option-combination', {
        section: 'events',
        reason: 'weekly maintenance needs samples with times',
      })
    return weeklyAt(window)
  })
  return timeMs => tests.some(test => test(timeMs))
}

function weeklyAt({ days, from, to, timeZone }: WeeklyMaintenance): (timeMs: number) => boolean {
  const offsetAt = createZoneOffsets(timeZone, OPTION)
  return timeMs => {
    const wallMs = timeMs + offsetAt(timeMs)
    const day = Math.floor(wallMs / DAY_MS)
    const minute = (wallMs - day * DAY_MS) / MINUTE_MS
    // 1970-01-01 was a Thursday.
    const begins = (itsDay: number) => days.includes((((itsDay + 4) % 7) + 7) % 7)
    if (from < to) return begins(day) && minute >= from && minute < to
    return (begins(day) && minute >= from) || (begins(day - 1) && minute < to)
  }
}

function daysOf(text: string): number[] | undefined {
  if (text === 'daily') return DAYS.map((_, day) => day)
  const days = text.split('+').flatMap(part => {
    const [first, last = first, ...rest] = part.split('-').map(name => DAYS.indexOf(name))
    if (first < 0 || last < 0 || rest.length > 0) return [Number.NaN]
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, k) => (first + k) % 7)
  })
  return days.some(Number.isNaN) ? undefined : days
}

/** NaN unless it is a time of the day. */
function minuteOf(hour: string, minute: string): number {
  const minutes = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && minutes <= 24 * 60 ? minutes : Number.NaN
}

function refused(text: string): Error {
  return createError('option-invalid', {
    name: OPTION,
    got: JSON.stringify(text),
    where: 'the rules of events',
    wanted:
      'it must be a time such as Sun 02:00-04:00, Mon-Fri 23:30-00:30 Europe/Berlin, daily 02:00-02:15 or 2024-05-01T06:00..2024-05-01T09:00',
  })
}
