import { createError } from '../../core/errors.js'
import { trimCell } from '../rows/records.js'

/** A time as its text says it. */
export interface TimeReading {
  /** Ms since the epoch when `hasOffset`, else since 1970-01-01 00:00 on the clock of the zone. */
  readonly ms: number
  readonly hasOffset: boolean
}
/** Undefined where the text is no time. */
export type TimeParser = (text: string) => TimeReading | undefined

/** Longer texts are no times. */
const LONGEST = 256

const ISO =
  /^(?<Y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})(?:[T ](?<H>[01]?\d|2[0-3]|24(?=:00(?::00(?:\.0+)?)?(?![\d:.]))):(?<M>[0-5]\d)(?::(?<S>[0-5]\d)(?:\.(?<f>\d+))?)?)? ?(?<z>Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DIRECTIVES: Record<string, string> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  b: '(?<b>[a-z]{3})',
  B: '(?<b>[a-z]{3})[a-z]*',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>[01]?\\d|2[0-3])',
  I: '(?<I>0?[1-9]|1[0-2])',
  M: '(?<M>[0-5]?\\d)',
  S: '(?<S>[0-5]?\\d)',
  f: '(?<f>\\d{1,9})',
  p: '(?<p>am|pm)',
  z: '(?<z>Z|UTC|[+-]\\d{2}:?\\d{2})',
  '%': '%',
}

/** Reads ISO 8601 dates, and dates with times. */
export const parseIsoTime: TimeParser = text =>
  text.length > LONGEST ? undefined : reading(ISO.exec(trimCell(text))?.groups)

/**
 * A parser of times in a format of strptime: %Y %y %m %b %B %d %H %I %M %S %f %p %z %%; other characters stand for themselves.
 * Months and am/pm are English, in any case. Errors: `option-invalid` when a directive is unknown, is used twice, or the day is left open.
 */
export function createTimeParser(format: string): TimeParser {
  const used: string[] = []
  const pattern = format.replace(/%(.?)|[\\^$.*+?()[\]{}|/]/g, (match, directive?: string) => {
    if (directive === undefined) return `\\${match}`
    const group = DIRECTIVES[directive]
    if (group === undefined) throw invalid(format, `%${directive} is not known`)
    if (directive !== '%') used.push(directive === 'B' ? 'b' : directive)
    return group
  })
  const twice = used.find((directive, i) => used.indexOf(directive) !== i)
  if (twice !== undefined) throw invalid(format, `%${twice} may stand only once`)
  const has = (...directives: string[]) => directives.some(directive => used.includes(directive))
  if (!has('Y', 'y') || !has('m', 'b') || !has('d')) throw invalid(format, 'year, month and day are needed')
  const expression = new RegExp(`^${pattern}$`, 'i')
  return text => (text.length > LONGEST ? undefined : reading(expression.exec(trimCell(text))?.groups))
}

function reading(part: Record<string, string | undefined> | undefined): TimeReading | undefined {
  if (part === undefined) return undefined
  // A year of two digits is 1970 to 2069.
  const year = part.Y === undefined ? 1970 + ((Number(part.y) + 30) % 100) : Number(part.Y)
  const month = part.b === undefined ? Number(part.m) - 1 : MONTHS.indexOf(part.b.toLowerCase())
  const day = Number(part.d)
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined
  const half = part.p?.toLowerCase() === 'pm' ? 12 : 0
  const hour = part.I === undefined ? Number(part.H ?? 0) : (Number(part.I) % 12) + half
  const minutes = hour * 60 + Number(part.M ?? 0)
  const wholeMs = date.getTime() + minutes * 60_000 + Number(part.S ?? 0) * 1000 - offsetOf(part.z)
  // Microseconds, as the engine has them.
  const fraction = Math.round(Number(`0.${part.f ?? 0}`) * 1e6)
  return { ms: (wholeMs * 1000 + fraction) / 1000, hasOffset: part.z !== undefined }
}

function offsetOf(zone: string | undefined): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

function invalid(format: string, reason: string) {
  return createError('option-invalid', {
    name: '--time-format',
    got: JSON.stringify(format),
    where: 'the command',
    wanted: `${reason}; an example is %d.%m.%Y %H:%M:%S`,
  })
}
