import { createError, type TelltaleError } from './errors.js'
import { createTimeParser } from './time-format.js'
import { type DateOrder, scanTime, type TimeFields, type TimeReading, timeOf } from './time-text.js'
import { epochMs, epochUnitOf } from './time-unit.js'
import { createZoneClock } from './zone-clock.js'

export interface ParseTimeOptions {
  /** Zone of a time that names none: an IANA name or an offset such as `+01:00`. Default: UTC. */
  readonly timeZone?: string
  /** Order of day and month in dates such as 03.05.2024. Default: such a date is refused unless only one order fits. */
  readonly order?: DateOrder
  /** Format of strptime that is tried first. */
  readonly timeFormat?: string
  /** Who gave the text, for the error. Default: `the time`. */
  readonly name?: string
  /** Where it was given, for the error. Default: `the command`. */
  readonly place?: string
}

const ORDER_NAMES: Record<DateOrder, string> = { ymd: '%y-%m-%d', dmy: '%d.%m.%Y', mdy: '%m.%d.%Y' }
const MONTH_NAMES =
  'January February March April May June July August September October November December'.split(' ')

/**
 * The instant of a time that a person wrote, ms since the epoch: every form of docs/reading.md, epochs of seconds to nanoseconds included. A
 * time of a clock that was put back is the first of both. Errors: `option-invalid`; a date that is two days names both.
 *
 * @example
 * import { parseTime } from 'telltale/io'
 * parseTime('2024-06-10 12:00', { timeZone: 'Europe/Berlin' }) // => 1718013600000
 * parseTime('03.05.2024', { order: 'dmy' }) // => 1714694400000
 */
export function parseTime(text: string, options: ParseTimeOptions = {}): number {
  const { timeZone = 'UTC', order, timeFormat, name = 'the time', place = 'the command' } = options
  const refuse = (wanted: string) =>
    createError('option-invalid', { name, got: JSON.stringify(text), where: place, wanted })
  const formatted = timeFormat === undefined ? undefined : createTimeParser(timeFormat)(text)
  if (formatted !== undefined) return instantOf(formatted, timeZone)
  const fields = scanTime(text)
  if (fields === undefined) {
    const number = /^\d{9,19}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : Number.NaN
    if (!Number.isNaN(number)) return epochMs(number, epochUnitOf(number))
    throw refuse('it must be a time such as 2024-05-01T12:00 or 2024-05-01 12:00:00+02:00')
  }
  const known = 'abbreviation' in fields && options.timeZone !== undefined ? fields.wall! : fields
  if ('abbreviation' in known) throw refuse(zoneAdvice(known.abbreviation))
  const reading = readFields(known, order)
  if (reading === undefined)
    throw refuse(order === undefined ? orderAdvice(text, known) : 'no such day exists')
  return instantOf(reading, timeZone)
}

function readFields(fields: TimeFields, order: DateOrder | undefined): TimeReading | undefined {
  if (order !== undefined) return timeOf(fields, order)
  if (fields.mayBeDay) return undefined
  return fields.orders.length === 1 ? timeOf(fields, fields.orders[0]!) : undefined
}

/** The instant of a reading; `zone` is that of a reading that names none. */
export function instantOf(reading: TimeReading, zone: string): number {
  if (reading.hasOffset) return reading.ms
  return createZoneClock(reading.zone ?? zone).toUtc(reading.ms, Number.NEGATIVE_INFINITY)
}

/** What to give instead of an abbreviation that means several zones. */
export function zoneAdvice(abbreviation: string): string {
  return `${abbreviation} names more than one time zone: write the offset, such as +01:00, or give --time-zone with a name such as Europe/Berlin`
}

/** Both readings of a date that leaves day and month open, and the option that decides. */
export function orderAdvice(text: string, fields: TimeFields): string {
  if (fields.mayBeDay) return monthAdvice(text.trim(), fields)
  const days = fields.orders.map(order => dayName(timeOf(fields, order)!.ms))
  const date = /^[\d./-]+/.exec(text.trim())?.[0] ?? text.trim()
  return `${date} is ${days.join(' or ')}: give --time-format '${formatOf(text.trim(), fields.orders[0]!, fields)}'${
    fields.orders.length > 1 ? ` or '${formatOf(text.trim(), fields.orders[1]!, fields)}'` : ''
  }`
}

/** `Jan-24` and `24-Jan`: a month, or a day without its year. */
function monthAdvice(text: string, { date: [year, month] }: TimeFields): string {
  const name = MONTH_NAMES[month - 1]!
  const format = text.replace(/\d+/, '%y').replace(/[^\d\s%./,-]{3,}/, '%b')
  return `${text} is ${name} ${year} or ${Number(/\d+/.exec(text)![0])} ${name} of a year that it does not say: give --time-format '${format}' for the month; a day needs its year`
}

function dayName(ms: number): string {
  const date = new Date(ms)
  return `${date.getUTCDate()} ${MONTH_NAMES[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** The format of strptime of a text with a date of three numbers. */
export function formatOf(text: string, order: DateOrder, { date }: TimeFields): string {
  const separator = /[./-]/.exec(text)![0]
  const hasCentury = date.some(part => part > 99)
  const parts = ORDER_NAMES[order]
    .match(/%[a-zA-Z]/g)!
    .map(part => (part.toLowerCase() === '%y' ? (hasCentury ? '%Y' : '%y') : part))
  const clock = /(\d{1,2}):(\d{1,2})(:\d{1,2})?([.,]\d+)?(\s*[ap]\.?m)?/i.exec(text)
  if (clock === null) return parts.join(separator)
  const [, , , second, fraction, half] = clock
  const gap = text.slice(0, clock.index).includes('T')
    ? 'T'
    : text.slice(0, clock.index).includes(',')
      ? ', '
      : ' '
  return `${parts.join(separator)}${gap}${half ? '%I' : '%H'}:%M${second ? ':%S' : ''}${fraction ? `${fraction[0]}%f` : ''}${half ? ' %p' : ''}`
}

/** The error of a column whose dates leave day and month open. */
export function ambiguousDate(
  place: { readonly file: string; readonly line: number; readonly column: string },
  text: string,
  fields: TimeFields,
): TelltaleError {
  return createError('data-ambiguous-date', { ...place, reason: orderAdvice(text, fields) })
}
