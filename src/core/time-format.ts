import { asciiDigits } from './digits.js'
import { createError } from './errors.js'
import { MINUTE_MS } from './milliseconds.js'
import { fullYear, MONTH_WORDS, type TimeParser, type TimeReading } from './time-text.js'

const LONGEST = 256
const DIRECTIVES: Record<string, string> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  b: '(?<b>[a-z\u00e4\u00e9\u00fb]{3,10})\\.?',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>[01]?\\d|2[0-3])',
  I: '(?<I>0?[1-9]|1[0-2])',
  M: '(?<M>[0-5]?\\d)',
  S: '(?<S>60|[0-5]?\\d)',
  f: '(?<f>\\d{1,9})',
  p: '(?<p>am|pm)',
  z: '(?<z>Z|UTC|[+-]\\d{2}:?\\d{2})',
  '%': '%',
}

/**
 * A parser of times in a format of strptime: %Y %y %m %b %B %d %H %I %M %S %f %p %z %%; other characters stand for themselves, a blank
 * for one or more. Without a day or a month it is the first. Months are English, German, French, Spanish or Italian, in any case; a year of two digits is 1969 to 2068.
 * Errors: `option-invalid` when a directive is unknown, is used twice, or the year is left open.
 */
export function createTimeParser(format: string): TimeParser {
  const used: string[] = []
  const pattern = format.trim().replace(/%(.?)| +|[\\^$.*+?()[\]{}|/]/g, (match, directive?: string) => {
    if (match.startsWith(' ')) return ' {1,8}'
    if (directive === undefined) return `\\${match}`
    const name = directive === 'B' ? 'b' : directive
    const group = DIRECTIVES[name]
    if (group === undefined) throw invalid(format, `%${directive} is not known`)
    if (name !== '%') used.push(name)
    return group
  })
  const twice = used.find((directive, i) => used.indexOf(directive) !== i)
  if (twice !== undefined) throw invalid(format, `%${twice} may stand only once`)
  const has = (...directives: string[]) => directives.some(directive => used.includes(directive))
  if (!has('Y', 'y')) throw invalid(format, 'the year is needed')
  if (has('d') && !has('m', 'b')) throw invalid(format, 'the day needs its month')
  const expression = new RegExp(`^${pattern}$`, 'i')
  return text =>
    text.length > LONGEST ? undefined : reading(expression.exec(asciiDigits(text.trim()))?.groups)
}

function reading(part: Record<string, string | undefined> | undefined): TimeReading | undefined {
  if (part === undefined) return undefined
  const year = part.Y === undefined ? fullYear(Number(part.y)) : Number(part.Y)
  const month =
    part.b === undefined ? Number(part.m ?? 1) - 1 : (MONTH_WORDS.get(part.b.toLowerCase()) ?? 0) - 1
  const day = Number(part.d ?? 1)
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined
  const half = part.p?.toLowerCase() === 'pm' ? 12 : 0
  const hour = part.I === undefined ? Number(part.H ?? 0) : (Number(part.I) % 12) + half
  const minutes = hour * 60 + Number(part.M ?? 0)
  const wholeMs = date.getTime() + minutes * MINUTE_MS + Number(part.S ?? 0) * 1000 - offsetOf(part.z)
  // Microseconds, as the engine has them.
  const fraction = Math.round(Number(`0.${part.f ?? 0}`) * 1e6)
  return { ms: (wholeMs * 1000 + fraction) / 1000, hasOffset: part.z !== undefined }
}

function offsetOf(zone: string | undefined): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}

function invalid(format: string, reason: string) {
  return createError('option-invalid', {
    name: '--time-format',
    got: JSON.stringify(format),
    where: 'the command',
    wanted: `${reason}; an example is %d.%m.%Y %H:%M:%S`,
  })
}
