import { asciiDigits } from './digits.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './milliseconds.js'

/** A time as its text says it. */
export interface TimeReading {
  /** Ms since the epoch when `hasOffset`, else since 1970-01-01 00:00 on the clock of the zone. */
  readonly ms: number
  readonly hasOffset: boolean
  /** Name of the IANA zone that follows the time, such as Europe/Berlin. */
  readonly zone?: string
}
/** Undefined where the text is no time. */
export type TimeParser = (text: string) => TimeReading | undefined

/** Which number of a date is which; dates that start with a year of four digits need none. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy'
export const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const

/** The fields of a time text before its order of day and month is known. */
export interface TimeFields {
  /** The three numbers of the date in the order of the text, month names already numbers. */
  readonly date: readonly [number, number, number]
  /** How they may be read, at least one. */
  readonly orders: readonly DateOrder[]
  /** `24/03/01` may also have its year first: only the dates of a whole column can show it. */
  readonly mayHaveYearFirst?: boolean
  /** `Jan-24` is read as a month, and may be a day of a year that it does not say: only another text of the column can show it. */
  readonly mayBeDay?: boolean
  readonly hasClock: boolean
  /** Ms since midnight. */
  readonly clockMs: number
  /** Ms that the clock of the text is ahead of UTC. */
  readonly offsetMs?: number
  readonly zone?: string
}

/** A text that is a time but for an abbreviation of a zone that means several, such as CST. */
export interface UnclearZone {
  readonly abbreviation: string
  /** The time without it, on the clock of its zone. */
  readonly wall?: TimeFields
}

const LONGEST = 80
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Months by their names and usual abbreviations in many languages, 1 to 12. */
export const MONTH_WORDS: ReadonlyMap<string, number> = new Map<string, number>([
  ...MONTHS.map((name, i) => [name, i + 1] as const),
  ...[
    'january february march april may june july august september october november december',
    'januar februar märz april mai juni juli august september oktober november dezember',
    'jän feb mär apr mai jun jul aug sept okt nov dez',
    'jänner feber maerz apr mai june july aug sep okt nov dez',
    'jan feb mrz apr mai jun jul aug sep okt nov dez',
    'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    'janv févr mars avr mai juin juil août sept oct nov déc',
    'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
    'ene feb mar abr may jun jul ago sep oct nov dic',
    'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
    'gen feb mar apr mag giu lug ago set ott nov dic',
    'januari februari maart april mei juni juli augustus september oktober november december',
    'jan feb mrt apr mei jun jul aug sep okt nov dec',
    'januari februari mars april maj juni juli augusti september oktober november december',
    'januar februar marts april maj juni juli august september oktober november december',
    'januar februar mars april mai juni juli august september oktober november desember',
    'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
    'jan fev mar abr mai jun jul ago set out nov dez',
    'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
    'styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień',
    'ledna února března dubna května června července srpna září října listopada prosince',
    'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
    'январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь',
    'янв фев мар апр май июн июл авг сен окт ноя дек',
    'ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık',
    'oca şub mar nis may haz tem ağu eyl eki kas ara',
    'január február március április május június július augusztus szeptember október november december',
    'tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta',
    'ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie',
  ].flatMap(line => line.split(' ').map((name, i) => [name, i + 1] as const)),
])
const WEEKDAYS = new Set(
  (
    'mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday tues wednes thur thurs ' +
    'mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag sonnabend'
  ).split(' '),
)
/** Abbreviations that mean one zone only; all others are refused. */
const ZONES = new Map<string, number>([
  ...['z', 'utc', 'gmt', 'ut', 'wet'].map(name => [name, 0] as const),
  ...['cet', 'mez', 'west'].map(name => [name, 1] as const),
  ...['cest', 'mesz', 'eet'].map(name => [name, 2] as const),
  ['eest', 3] as const,
  ['jst', 9] as const,
])

/** Reads a text from left to right, never back: the cost is linear in its length. */
interface Scanner {
  at: number
  readonly text: string
}
const isDigit = (code: number) => code >= 48 && code <= 57
const isLetter = (code: number) =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code > 191 && code < 0x2000) || code >= 0x3040

function digits(s: Scanner): string {
  const start = s.at
  while (isDigit(s.text.charCodeAt(s.at))) s.at++
  return s.text.slice(start, s.at)
}

function word(s: Scanner): string {
  const start = s.at
  while (isLetter(s.text.charCodeAt(s.at))) s.at++
  return s.text.slice(start, s.at)
}

/** Blanks of all widths: some programs write one of their own before PM. */
const BLANKS = new Set([' ', '\t', '\u00a0', '\u2007', '\u2009', '\u202f', '\u3000'])

function blanks(s: Scanner): boolean {
  const start = s.at
  while (BLANKS.has(s.text[s.at]!)) s.at++
  return s.at > start
}

function take(s: Scanner, ...characters: string[]): string | undefined {
  const character = s.text[s.at]
  if (character === undefined || !characters.includes(character)) return undefined
  s.at++
  return character
}

/**
 * The fields of a time text, by the grammar of docs/reading.md; undefined where it is none. Numbers alone are no times here but for compact
 * stamps (20240503, 20240503061500, 2024124). Cost: linear; texts longer than 80 characters are no times.
 */
export function scanTime(text: string): TimeFields | UnclearZone | undefined {
  if (text.length > LONGEST) return undefined
  const trimmed = unwrapped(inLatin(text.trim()))
  if (trimmed.length === 0) return undefined
  const s: Scanner = { at: 0, text: trimmed }
  const before = clockBefore(s)
  if (before === null) return undefined
  skipWeekday(s)
  const date = scanDate(s)
  if (date === undefined) return undefined
  let clockMs = date.clockMs ?? before
  if (clockMs === undefined && s.at < trimmed.length) {
    const mark = take(s, 'T', 't', '_', ...(date.isCompact ? ['-'] : [':']))
    const gap = mark !== undefined || (take(s, ',') !== undefined && blanks(s)) || blanks(s)
    blanks(s)
    if (gap && isDigit(trimmed.charCodeAt(s.at))) {
      clockMs = scanClock(s, mark === '_' || mark === 'T' ? [':', '.', '-'] : [':', '.', 'h', 'H'])
      if (clockMs === undefined) return undefined
    }
  }
  const early = date.yearAtEnd ? zoneBeforeYear(s) : undefined
  const year = date.yearAtEnd ? scanYear(s) : undefined
  if (date.yearAtEnd && year === undefined) return undefined
  const zone = early ?? scanZone(s)
  if (zone === undefined || s.at < trimmed.length) return undefined
  const numbers = year === undefined ? date.numbers : ([year, date.numbers[1], date.numbers[2]] as const)
  const mayHaveYearFirst = date.mayHaveYearFirst === true && dayOf(numbers, 'ymd') !== undefined
  const usual = date.orders.filter(order => dayOf(numbers, order) !== undefined)
  const orders = usual.length === 0 && mayHaveYearFirst ? (['ymd'] as const) : usual
  if (orders.length === 0) return undefined
  const fields: TimeFields = {
    date: numbers,
    orders,
    ...(mayHaveYearFirst && { mayHaveYearFirst }),
    ...(date.mayBeDay && { mayBeDay: true }),
    hasClock: clockMs !== undefined,
    clockMs: clockMs ?? 0,
  }
  return 'abbreviation' in zone ? { abbreviation: zone.abbreviation, wall: fields } : { ...fields, ...zone }
}

/** What only texts in other scripts have: their digits, and the halves of the day. */
const OTHER_SCRIPT = /[\u0600-\u06ff\u0900-\u097f\uff0e-\uff1a오上下午]/
const HALVES = '오전|오후|上午|下午|午前|午後|ص|م'
const HALF_BEFORE = new RegExp(` ?(${HALVES}) ?(\\d{1,2})(?=\\D)`)
const HALF_AFTER = new RegExp(` ?(\\d{1,2})((?::\\d{2}){1,2}) ?(${HALVES})$`)
const AFTERNOONS = new Set(['오후', '下午', '午後', 'م'])

/** Digits in ASCII, and hours from 0 to 23: `오전 9:05`, `9:05 下午`, `午後0時5分`. Every other text is itself. */
function inLatin(text: string): string {
  if (!OTHER_SCRIPT.test(text)) return text
  const hourOf = (half: string, hour: string) =>
    Number(hour) > 12 ? hour : String((Number(hour) % 12) + (AFTERNOONS.has(half) ? 12 : 0))
  return asciiDigits(text)
    .replace(HALF_BEFORE, (_, half: string, hour: string) => ` ${hourOf(half, hour)}`)
    .replace(HALF_AFTER, (_, hour: string, rest: string, half: string) => ` ${hourOf(half, hour)}${rest}`)
    .trim()
}

/** What stands around a time: `="..."` of spreadsheets, brackets, `/Date(...)/` of .NET, `Uhr`, the name of a zone after its offset, also in brackets; and the signs of dates in East Asia. */
function unwrapped(text: string): string {
  const [first, last] = [text[0], text[text.length - 1]!]
  const isWrapped =
    first === '=' || first === '[' || last === ')' || last === ']' || last === 'r' || last === 'R'
  const isEastern = EASTERN.has(text[4]!) || EASTERN.has(text[5]!) || (text[4] === '.' && text[5] === ' ')
  // Most texts have one blank at most: a first look at the others only.
  if (first === '/') return ofDotNet(text)
  const marked = withoutMarks(text)
  if (marked !== text) return unwrapped(marked)
  const isSpoken = (text[10] === '-' || text.indexOf(' ', text.indexOf(' ') + 1) > 0) && SPOKEN.test(text)
  if (!isWrapped && !isEastern && !isSpoken) return text
  const plain = isSpoken ? withoutWords(text) : text
  return plain
    .replace(/^="(.*)"$/, '$1')
    .replace(/^\[([^[\]]*)\]$/, '$1')
    .replace(/ ?Uhr$/i, '')
    .replace(/([+-]\d{4}) \([^()]*\)$/, '$1')
    .replace(/(\dZ|[+-]\d{2}:?\d{2})\[[A-Za-z_/+-]+\d{0,2}\]$/, '$1')
    .replace(/^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일] ?/, '$1-$2-$3 ')
    .replace(
      / (\d{1,2}) ?[時时시] ?(\d{1,2}) ?[分분](?: ?(\d{1,2}) ?[秒초])?$/,
      (_, hour, minute, second = '0') => ` ${hour}:${minute}:${second}`,
    )
    .replace(/^(\d{4})\. (\d{1,2})\. (\d{1,2})\. ?/, '$1-$2-$3 ')
    .trim()
}

const HYPHENED = /^(\d{1,4})[\u2010-\u2013\u2212](\d{1,2}|\p{L}{3,10})[\u2010-\u2013\u2212](?=\d)/u
const APOSTROPHE = 39
const IEC = /^(?:L?DT|L?DATE_AND_TIME|L?D|L?DATE)#/i
const IEC_CLOCK = /(^|\s)(?:L?TOD|L?TIME_OF_DAY)#(?=\d)/i
const EPOCH = /^(\d{9,19})(?:([.,])(\d{1,9}))? ?(s|secs?|seconds?|ms|msecs?|us|µs|μs|ns)?$/i

/** 1980 and 2101. */
const [FIRST_EPOCH_S, LAST_EPOCH_S] = [315_532_800, 4_133_980_800]

/** The apostrophe of spreadsheets, hyphens that are not that of ASCII, `DT#2024-05-13-10:15:00` of IEC 61131, `1715639400 s`, `1715639400,5`. Most texts have none of their signs. */
function withoutMarks(text: string): string {
  const first = text.charCodeAt(0)
  if (first === APOSTROPHE) return text.replace(/^'(?=.)|'$/g, '')
  if (!isDigit(first))
    return text.includes('#')
      ? text
          .replace(IEC, '')
          .replace(IEC_CLOCK, '$1')
          .replace(/^(\d{4}-\d{1,2}-\d{1,2})-(?=\d)/, '$1 ')
      : text
  const second = text.charCodeAt(1)
  const third = text.charCodeAt(2)
  const fifth = text.charCodeAt(4)
  if (fifth >= 0x2010 || third >= 0x2010 || second >= 0x2010) return text.replace(HYPHENED, '$1-$2-')
  return isDigit(third) && isDigit(fifth) ? ofEpoch(text) : text
}

/** An epoch with a unit behind it, or with a comma before the parts of its seconds. */
function ofEpoch(text: string): string {
  const [, whole, mark, part = '', unit = mark === ',' ? 's' : ''] = EPOCH.exec(text) ?? []
  if (whole === undefined || unit === '') return text
  const digits = { m: 6, u: 3, µ: 3, μ: 3, n: 0 }[unit[0]!.toLowerCase()] ?? 9
  const nanos = BigInt(whole + part.slice(0, digits).padEnd(digits, '0'))
  const [seconds, rest] = [Number(nanos / 1_000_000_000n), nanos % 1_000_000_000n]
  if (seconds < FIRST_EPOCH_S || seconds > LAST_EPOCH_S) return text
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(9, '0')}Z`
}

/** `/Date(1715639400000+0200)/`: milliseconds since 1970; the offset is that of the writer. */
function ofDotNet(text: string): string {
  const ms = Number(/^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text)?.[1] ?? Number.NaN)
  return Number.isNaN(ms) ? text : new Date(ms).toISOString()
}

/** What withoutWords looks for. */
const SPOKEN =
  / (?:de|à|um|@|alle|klo|-|–|г\.,?|в) |\. m\.$|^\d{1,2}\. \d|^\d{4}\/\d\d\/\d\d-|^\d{4}-\d\d-\d\d-\d\d\./i

/** `13 de marzo de 2024`, `à 10:15`, `@ 10:15`, `13. 3. 2024`, `2024/03/13-10:15`, `2024-03-13-10.15.00`, `13.03.2024 - 10:15`, `10:15 p. m.`, and `10:00 - 10:15`, of which the beginning counts. */
function withoutWords(text: string): string {
  return text
    .replace(/ г\.,? /, ' ')
    .replace(/ (?:de|à|um|@|alle|klo|в) /gi, ' ')
    .replace(/ de /gi, ' ')
    .replace(/ ([ap])\. m\.$/i, ' $1m')
    .replace(/^(\d{1,2})\. (\d{1,2})\. (?=\d{4})/, '$1.$2.')
    .replace(/^(\d{4}\/\d\d\/\d\d)-(?=\d\d:)/, '$1 ')
    .replace(/^(\d{4}-\d\d-\d\d)-(?=\d\d\.)/, '$1 ')
    .replace(/^([\d./-]{6,10}) [-–] (?=\d{1,2}[:.])/, '$1 ')
    .replace(/(\d:\d\d(?::\d\d)?) [-–] \d{1,2}:\d\d(?::\d\d)?$/, '$1')
}

const EASTERN = new Set(['年', '년'])

/** `23:50:00 24/03/2024`: the time of day stands first; undefined where it does not, null where no date follows. */
function clockBefore(s: Scanner): number | undefined | null {
  if (!/^\d{1,2}:\d{2}/.test(s.text)) return undefined
  const clockMs = scanClock(s)
  if (clockMs === undefined) return null
  take(s, ',')
  return blanks(s) ? clockMs : null
}

/** `Mar 1 00:00:00 UTC 2024` */
function zoneBeforeYear(s: Scanner): ZoneScan | undefined {
  const start = s.at
  blanks(s)
  const name = zoneWord(s)
  const hours = ZONES.get(name.toLowerCase())
  if (hours !== undefined) return { offsetMs: hours * HOUR_MS }
  if (/^[A-Z]{2,5}$/.test(name)) return { abbreviation: name }
  s.at = start
  return undefined
}

function skipWeekday(s: Scanner): void {
  const start = s.at
  if (!WEEKDAYS.has(word(s).toLowerCase())) {
    s.at = start
    return
  }
  take(s, '.', ',')
  take(s, ',')
  blanks(s)
}

interface DateScan {
  readonly numbers: readonly [number, number, number]
  readonly orders: readonly DateOrder[]
  readonly mayHaveYearFirst?: boolean
  readonly mayBeDay?: boolean
  /** Digits alone: its clock may follow after a dash. */
  readonly isCompact?: boolean
  /** The date was followed by its clock without a gap. */
  readonly clockMs?: number
  /** `Mar 1 00:00:00 2024`: the year follows the clock. */
  readonly yearAtEnd?: boolean
}

function scanDate(s: Scanner): DateScan | undefined {
  const part = partOfYear(s.text)
  if (part !== undefined) {
    s.at = s.text.length
    return part
  }
  if (isLetter(s.text.charCodeAt(s.at))) return monthFirst(s)
  const first = digits(s)
  if (first.length >= 8) return compact(s, first)
  if (first.length === 7) return ordinal(first)
  if (first.length === 0 || first.length === 3 || first.length > 4) return undefined
  if (first.length === 4 && Number(first) < 1000) return undefined
  const start = s.at
  const week = first.length === 4 ? isoWeek(s, Number(first)) : undefined
  if (week !== undefined) return week
  s.at = start
  const named = monthSecond(s, first)
  if (named !== undefined) return named
  s.at = start
  const separator = take(s, '-', '/', '.')
  if (separator === undefined) return undefined
  const second = digits(s)
  if (first.length === 4 && separator === '-' && second.length === 3) return ordinal(`${first}${second}`)
  if (second.length < 1 || second.length > 2) return undefined
  if (take(s, separator) === undefined) return undefined
  const third = digits(s)
  const numbers = [Number(first), Number(second), Number(third)] as const
  if (first.length === 4)
    return third.length >= 1 && third.length <= 2 ? { numbers, orders: ['ymd'] } : undefined
  if (third.length === 4 && Number(third) < 1000) return undefined
  if (third.length === 4) return { numbers, orders: ['dmy', 'mdy'] }
  if (third.length !== 2) return undefined
  // Years of two digits stand last with slashes and dots; with dashes they may also stand first.
  const orders = separator === '-' && first.length === 2 ? DATE_ORDERS : (['dmy', 'mdy'] as const)
  return { numbers, orders, ...(separator !== '-' && first.length === 2 && { mayHaveYearFirst: true }) }
}

const MONTH_OF_YEAR = /^(?:(\d{4})[-/](\d{2})|(\d{1,2})[-/](\d{4}))$/
const QUARTER_OF_YEAR = /^(?:(\d{4})[- /]?Q([1-4])|Q([1-4])[- /]?(\d{4}))$/i
const NAMED_MONTH =
  /^(?:(\d{4}|\d{2})[- /.]+([^\d\s./-]{3,10})\.?|([^\d\s./-]{3,10})\.?[- /,']+(\d{4}|\d{2}))$/

/** A month or a quarter of a year, as its first day: `2024-01`, `01/2024`, `Jan 2024`, `2024Q1`, and `Jan-24`, which may also be a day. */
function partOfYear(text: string): DateScan | undefined {
  // A first look for what most texts are not.
  if (text.length > 16 || text.length < 5) return undefined
  const month = MONTH_OF_YEAR.exec(text)
  if (month !== null) return monthOf(Number(month[1] ?? month[4]), Number(month[2] ?? month[3]))
  const quarter = QUARTER_OF_YEAR.exec(text)
  if (quarter !== null)
    return monthOf(Number(quarter[1] ?? quarter[4]), 3 * Number(quarter[2] ?? quarter[3]) - 2)
  const named = NAMED_MONTH.exec(text)
  if (named === null) return undefined
  const year = named[1] ?? named[4]!
  const number = MONTH_WORDS.get((named[2] ?? named[3]!).toLowerCase())
  if (number === undefined) return undefined
  if (year.length === 4) return monthOf(Number(year), number)
  const found = monthOf(fullYear(Number(year)), number)
  const isDay = Number(year) >= 1 && Number(year) <= 31 && !text.includes("'")
  return found && { ...found, ...(isDay && { mayBeDay: true }) }
}

function monthOf(year: number, month: number): DateScan | undefined {
  return isRecent(year) ? { numbers: [year, month, 1], orders: ['ymd'] } : undefined
}

/** `Mar 1, 2024`, `Mar 1 00:00:00 2024` */
function monthFirst(s: Scanner): DateScan | undefined {
  const month = MONTH_WORDS.get(word(s).toLowerCase())
  if (month === undefined) return undefined
  take(s, '.')
  blanks(s)
  take(s, '-', '/')
  const day = digits(s)
  if (day.length < 1 || day.length > 2) return undefined
  const start = s.at
  if (take(s, ',', '-', '/') === undefined && !blanks(s)) return undefined
  blanks(s)
  const year = digits(s)
  if (year.length === 4) return { numbers: [Number(year), month, Number(day)], orders: ['ymd'] }
  s.at = start
  return { numbers: [0, month, Number(day)], orders: ['ymd'], yearAtEnd: true }
}

function scanYear(s: Scanner): number | undefined {
  blanks(s)
  const year = digits(s)
  return year.length === 4 ? Number(year) : undefined
}

/** `1 Mar 2024`, `01-Mar-24`, `1. März 2024`, `2024-Mar-01` */
function monthSecond(s: Scanner, first: string): DateScan | undefined {
  const separator = take(s, '-', '/', '.', ' ')
  if (separator === '.') blanks(s)
  const month = MONTH_WORDS.get(word(s).toLowerCase())
  if (month === undefined) return undefined
  take(s, '.')
  if (separator === undefined || !blanks(s)) {
    if (separator !== undefined && separator !== ' ' && take(s, separator) === undefined) return undefined
  }
  take(s, ',')
  const last = digits(s)
  // `13 Mar 09:05` has no year.
  if (last.length === 2 && s.text[s.at] === ':') return undefined
  if (first.length === 4 && last.length >= 1 && last.length <= 2)
    return { numbers: [Number(first), month, Number(last)], orders: ['ymd'] }
  if (last.length !== 2 && last.length !== 4) return undefined
  const year = last.length === 2 ? fullYear(Number(last)) : Number(last)
  return { numbers: [year, month, Number(first)], orders: ['ymd'] }
}

/** `2024-W05-3`, `2024W053`; without a day it is the Monday of the week (ISO 8601). */
function isoWeek(s: Scanner, year: number): DateScan | undefined {
  take(s, '-')
  if (take(s, 'W', 'w') === undefined) return undefined
  const text = digits(s)
  const day = text.length === 3 ? text[2]! : take(s, '-') === undefined ? '1' : digits(s)
  const week = Number(text.slice(0, 2))
  if (text.length < 2 || text.length > 3 || !/^[1-7]$/.test(day) || week < 1 || week > 53) return undefined
  // January 4 is always in the first week.
  const fourth = new Date(Date.UTC(year, 0, 4))
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7)
  const date = new Date(Date.UTC(year, 0, monday + 7 * (week - 1) + Number(day) - 1))
  const thursday = new Date(Date.UTC(year, 0, monday + 7 * (week - 1) + 3))
  if (thursday.getUTCFullYear() !== year) return undefined
  return { numbers: [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()], orders: ['ymd'] }
}

/** Years of dates whose form could mean something else. */
const isRecent = (year: number) => year >= 1900 && year <= 2100

/** `2024124`, `2024-124`: a year and its day, 1 to 366. */
function ordinal(all: string): DateScan | undefined {
  const [year, day] = [Number(all.slice(0, 4)), Number(all.slice(4))]
  if (!isRecent(year) || day < 1 || day > 366) return undefined
  const date = new Date(Date.UTC(year, 0, day))
  if (date.getUTCFullYear() !== year) return undefined
  return { numbers: [year, date.getUTCMonth() + 1, date.getUTCDate()], orders: ['ymd'] }
}

/** `20240503`, `202405030615`, `20240503061500`, `20240503061500123`; `20240503T0615` is followed by its clock. */
function compact(s: Scanner, all: string): DateScan | undefined {
  const part = (from: number, to: number) => Number(all.slice(from, to))
  const numbers = [part(0, 4), part(4, 6), part(6, 8)] as const
  if (!isRecent(numbers[0])) return undefined
  if (all.length === 8) return { numbers, orders: ['ymd'], isCompact: true }
  if (all.length !== 12 && all.length !== 14 && all.length !== 17) return undefined
  let ms = part(14, 17)
  if (all.length === 14 && take(s, '.', ',') !== undefined) ms = fractionMs(digits(s))
  const clockMs = clockOf(part(8, 10), part(10, 12), part(12, 14), ms)
  return clockMs === undefined ? undefined : { numbers, orders: ['ymd'], clockMs }
}

/** Ms since midnight, 24:00 included. @param separators of hour and minute; one other than a colon needs minutes of two digits */
function scanClock(s: Scanner, separators: readonly string[] = [':']): number | undefined {
  const hour = digits(s)
  if (hour.length === 4 || hour.length === 6) {
    const clock = [hour.slice(0, 2), hour.slice(2, 4), hour.slice(4)].map(Number) as [number, number, number]
    return clockOf(...clock, hour.length === 6 ? scanFraction(s) : 0)
  }
  const separator = hour.length > 2 ? undefined : take(s, ...separators)
  if (separator === undefined) return undefined
  const minute = digits(s)
  if (minute.length < (separator === ':' ? 1 : 2) || minute.length > 2) return undefined
  let second = 0
  let fraction = 0
  if (take(s, separator) !== undefined) {
    const text = digits(s)
    if (text.length < 1 || text.length > 2) return undefined
    second = Number(text)
    fraction =
      separator === ':' && isMillisecond(s) ? fractionMs(s.text.slice(s.at - 3, s.at)) : scanFraction(s)
  }
  const half = scanHalf(s)
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return undefined
  return clockOf(
    half === undefined ? Number(hour) : (Number(hour) % 12) + half,
    Number(minute),
    second,
    fraction,
  )
}

/** `22:00:00:125`: loggers part milliseconds by a colon as well. */
function isMillisecond(s: Scanner): boolean {
  const isOne = /^:\d{3}(?!\d)/.test(s.text.slice(s.at))
  if (isOne) s.at += 4
  return isOne
}

/** NaN for a point without decimals. */
function scanFraction(s: Scanner): number {
  return take(s, '.', ',') === undefined ? 0 : fractionMs(digits(s))
}

function fractionMs(text: string): number {
  // Microseconds, as the engine has them.
  return text === '' ? Number.NaN : Math.round(Number(`0.${text}`) * 1e6) / 1e3
}

/** 0 for AM, 12 for PM. */
function scanHalf(s: Scanner): number | undefined {
  const start = s.at
  blanks(s)
  const half = s.text[s.at]?.toLowerCase()
  if (half === 'a' || half === 'p') {
    s.at++
    take(s, '.')
    const isHalf = take(s, 'm', 'M') !== undefined && !isLetter(s.text.charCodeAt(s.at))
    if (isHalf) {
      take(s, '.')
      return half === 'p' ? 12 : 0
    }
  }
  s.at = start
  return undefined
}

function clockOf(hour: number, minute: number, second: number, ms: number): number | undefined {
  const isMidnight = hour === 24 && minute === 0 && second === 0 && ms === 0
  // A second of 60, of a leap second or a logger that rounds, is the first of the next minute.
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 60 || Number.isNaN(ms)) return undefined
  return (hour * 60 + minute) * MINUTE_MS + (second * 1e6 + ms * 1e3) / 1e3
}

type ZoneScan = Pick<TimeFields, 'offsetMs' | 'zone'> | UnclearZone

function scanZone(s: Scanner): ZoneScan | undefined {
  blanks(s)
  const isBracketed = take(s, '[', '(') !== undefined
  const name = zoneWord(s)
  if (isBracketed && take(s, ']', ')') === undefined) return undefined
  if (name === '') return scanOffset(s)
  if (name.includes('/')) return isZoneName(name) ? { zone: name } : undefined
  const hours = ZONES.get(name.toLowerCase())
  if (hours === undefined) {
    const isAbbreviation = name.length >= 2 && name.length <= 5 && /^[A-Z]+$/.test(name)
    return isAbbreviation ? { abbreviation: name } : undefined
  }
  if (hours === 0 && name.length > 1) {
    const offset = scanOffset(s)
    if (offset === undefined || offset.offsetMs !== undefined) return offset
  }
  return { offsetMs: hours * HOUR_MS }
}

function zoneWord(s: Scanner): string {
  const start = s.at
  while (
    isLetter(s.text.charCodeAt(s.at)) ||
    (s.at > start && (s.text[s.at] === '/' || s.text[s.at] === '_'))
  )
    s.at++
  return s.text.slice(start, s.at)
}

function isZoneName(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** `+01`, `+0130`, `+01:30`; nothing is no offset. */
function scanOffset(s: Scanner): { readonly offsetMs?: number } | undefined {
  blanks(s)
  if (s.at === s.text.length) return {}
  const sign = take(s, '+', '-', '\u2212')
  if (sign === undefined) return undefined
  const hours = digits(s)
  const minutes = hours.length <= 2 && take(s, ':') !== undefined ? digits(s) : hours.slice(2)
  if (
    hours.length === 0 ||
    hours.length === 3 ||
    hours.length > 4 ||
    (minutes.length !== 0 && minutes.length !== 2)
  )
    return undefined
  const [h, m] = [Number(hours.slice(0, 2)), Number(minutes)]
  if (h > 18 || m > 59) return undefined
  return { offsetMs: (sign === '+' ? 1 : -1) * (h * 60 + m) * MINUTE_MS }
}

/** Two digits as POSIX reads them: 69 to 99 are 1969 to 1999, 0 to 68 are 2000 to 2068. */
export function fullYear(year: number): number {
  return year < 69 ? 2000 + year : 1900 + year
}

/** Days since 1970-01-01; undefined for a day that the calendar does not have. */
function dayOf(date: readonly [number, number, number], order: DateOrder): number | undefined {
  const [a, b, c] = date
  const [y, month, day] = order === 'ymd' ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b]
  const year = y < 100 ? fullYear(y) : y
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const ms = Date.UTC(year, month - 1, day)
  return new Date(ms).getUTCMonth() === month - 1 ? ms / DAY_MS : undefined
}

/** The reading of fields by an order of the date; undefined when they cannot be read by it. */
export function timeOf(fields: TimeFields, order: DateOrder): TimeReading | undefined {
  const own = fields.orders.length === 1 && fields.orders[0] === 'ymd' ? 'ymd' : order
  const isAllowed = fields.orders.includes(own) || (own === 'ymd' && fields.mayHaveYearFirst === true)
  if (!isAllowed) return undefined
  const ms = dayOf(fields.date, own)! * DAY_MS + fields.clockMs
  const { offsetMs, zone } = fields
  if (zone !== undefined) return { ms, hasOffset: false, zone }
  return offsetMs === undefined ? { ms, hasOffset: false } : { ms: ms - offsetMs, hasOffset: true }
}

/**
 * A parser of the grammar with a known order of day and month; without one, dates that leave it open are no times.
 *
 * @param isZoneGiven the zone is known, so that an abbreviation of it says nothing and is passed over
 */
export function createTextParser(order?: DateOrder, isZoneGiven = false): TimeParser {
  return text => {
    const found = scanTime(text)
    const fields =
      found !== undefined && 'abbreviation' in found ? (isZoneGiven ? found.wall : undefined) : found
    if (fields === undefined) return undefined
    if (order !== undefined) return timeOf(fields, order)
    if (fields.mayBeDay) return undefined
    return fields.orders.length === 1 ? timeOf(fields, fields.orders[0]!) : undefined
  }
}

const YEARLESS = [
  { form: /^\p{L}{3,4} {1,2}\d{1,2},? \d{1,2}:\d{2}/u, date: '%b %d ' },
  { form: /^\d{1,2}[ -]\p{L}{3,4}[ -]\d{1,2}:\d{2}/u, date: undefined },
  { form: /^\d{1,2}-\d{1,2} \d{1,2}:\d{2}/, date: '%m-%d ' },
  { form: /^\d{1,2}\.\d{1,2}\. ?\d{1,2}:\d{2}/, date: '%d.%m. ' },
] as const

/**
 * The format of strptime of a time that has everything but its year, such as `Mar 13 09:05:01`; undefined for any other text.
 *
 * @example
 * import { yearlessFormat } from './time-text.js'
 * yearlessFormat('Mar 13 09:05:01') // => '%b %d %H:%M:%S'
 */
export function yearlessFormat(text: string): string | undefined {
  const trimmed = text.trim()
  const known = YEARLESS.find(({ form }) => form.test(trimmed))
  const clock = /\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?$/.exec(trimmed)
  if (known === undefined || clock === null || scanTime(trimmed) !== undefined) return undefined
  const [, second, fraction] = clock
  const before = trimmed.slice(0, clock.index)
  const month = /\p{L}+/u.exec(before)?.[0]
  if (month !== undefined && !MONTH_WORDS.has(month.toLowerCase())) return undefined
  const date = known.date ?? before.replace(/\d+/, '%d').replace(month!, '%b')
  return `${date}%H:%M${second ? ':%S' : ''}${fraction ? `${fraction[0]}%f` : ''}`
}

/** Whether a text is a time of day alone, such as 23:50 or 11:50:00 PM. */
export function isClockText(text: string): boolean {
  const s: Scanner = { at: 0, text: withoutMarks(inLatin(text.trim())) }
  if (s.text.length > LONGEST || !isDigit(s.text.charCodeAt(0)) || !/[:hH]/.test(s.text)) return false
  return scanClock(s, [':', 'h', 'H']) !== undefined && scanZone(s) !== undefined && s.at === s.text.length
}
