import { DAY_MS } from '../core/milliseconds.js'

const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))

/**
 * Writes times as ISO 8601 UTC with milliseconds, as `Date.toISOString` does; the row number for `index`. The text of the
 * last day is kept, which makes it several times faster on sorted times.
 */
export function createTimeText(kind: 'utc' | 'index'): (time: number) => string {
  if (kind === 'index') return String
  let day = Number.NaN
  let date = ''
  return time => {
    const ms = Math.trunc(time)
    const itsDay = Math.floor(ms / DAY_MS)
    if (itsDay !== day) {
      day = itsDay
      date = new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length)
    }
    const rest = ms - day * DAY_MS
    const seconds = Math.floor(rest / 1000)
    const minutes = Math.floor(seconds / 60)
    const clock = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`
    return `${date}${clock}.${String(1000 + rest - seconds * 1000).slice(1)}Z`
  }
}

/** SQL type of a column of times. */
export function timeType(kind: 'utc' | 'index'): string {
  return kind === 'utc' ? 'timestamptz' : 'bigint'
}
