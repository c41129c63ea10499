import { createError } from '../../core/errors.js'
import { ambiguousDate, zoneAdvice } from '../../core/parse-time.js'
import { createTimeParser } from '../../core/time-format.js'
import {
  createTextParser,
  type DateOrder,
  fullYear,
  isClockText,
  scanTime,
  type TimeFields,
  type TimeParser,
  timeOf,
} from '../../core/time-text.js'
import { EPOCH_UNITS, epochMs, epochUnitOf, type TimeUnit } from '../../core/time-unit.js'
import { isTimeZone } from '../../core/zone-offset.js'
import type { TableForm } from '../form.js'
import { isMissingText } from '../tables/cell.js'
import { type Decimal, parseNumber } from '../tables/number.js'
import type { Relation } from '../tables/relation.js'
import { wordsOf } from './profile.js'

/** How times are stored: `iso` is read by the engine, `wall` too but lacks a zone, `text` is read by `parse`. */
export interface TimeRole {
  readonly column: number
  /** All columns that make up the time, joined by `join`. */
  readonly columns: readonly number[]
  readonly kind: 'iso' | 'wall' | 'number' | 'text'
  readonly join?: 'blank' | 'calendar'
  /** Of dates that leave day and month open by themselves. */
  readonly order?: DateOrder
  /** Of numbers whose size does not show it. */
  readonly unit?: TimeUnit
  /** Bytes of a text that the engine may read: its other forms are read by `parse`. */
  readonly lengths?: readonly number[]
  /** Reads one cell; absent for numbers. */
  readonly parse?: TimeParser
  /** The newest rows come first. */
  readonly isBackwards?: boolean
  /** Every sampled time is outside of 1970 to 2100, so that none is refused for it. */
  readonly isHistoric?: boolean
  /** The times are certain, so that none is refused for its year. */
  readonly isAnyYear?: boolean
  /** Zone that the name of the column gives to times that name none. */
  readonly zone?: string
}

export interface TimeOptions {
  readonly timeFormat?: string
  readonly timeZone?: string
  readonly timeUnit?: TimeUnit
  /** What a former table of the same source showed. */
  readonly form?: TableForm
}

export const EARLIEST_MS = 0
/** 2101-01-01. */
export const LATEST_MS = 4_133_980_800_000
const DAY_MS = 86_400_000
const CANONICAL = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/
const SERIAL_DAYS = [25_569, 73_415] as const

/** The time role of columns whose sampled cells are texts or numbers. Errors: `data-ambiguous-date`, `data-bad-time`, `option-invalid`. */
export function timeRoleOf(
  relation: Relation,
  columns: readonly number[],
  join: TimeRole['join'],
  options: TimeOptions,
): TimeRole {
  const column = columns[0]!
  const zone = options.timeZone === undefined ? zoneOfName(relation.names[column]!) : undefined
  const base = { column, columns, ...(join && { join }), ...(zone && { zone }) }
  const kind = join === undefined ? relation.kinds[column]! : 'text'
  if (kind === 'time') return { ...base, kind: 'iso', parse: createTextParser() }
  const hasZone = zone !== undefined || (options.timeZone !== undefined && options.timeZone !== 'UTC')
  if (kind === 'wall') return { ...base, kind: hasZone ? 'wall' : 'iso', parse: createTextParser() }
  const cells = relation.sample
    .map((row, i) => ({
      i,
      text: joinCells(
        columns.map(at => row[at] ?? ''),
        join,
      ),
    }))
    .filter(({ text }) => !isMissingText(text, true))
  const texts = cells.map(({ text }) => text)
  if (options.timeFormat !== undefined) {
    const parse = createTimeParser(options.timeFormat)
    // Where the format is that of other times, such as those of labels, ISO times are read by their form.
    const isOther = texts.length > 0 && texts.every(text => CANONICAL.test(text.trim()) && !parse(text))
    if (!isOther)
      return { ...base, kind: 'text', parse, isAnyYear: true, isBackwards: runsBackwards(texts, parse) }
  }
  const decimal = relation.header?.decimal
  if (
    join === undefined &&
    texts.some(text => !Number.isNaN(parseNumber(text, decimal))) &&
    isMostly(texts, text => !Number.isNaN(parseNumber(text, decimal)))
  ) {
    return { ...base, ...numberRole(texts, decimal, options, placeOf(relation, column, cells, texts[0]!)) }
  }
  return {
    ...base,
    ...textRole(
      relation,
      column,
      cells,
      relation.header !== undefined && !hasZone && join === undefined,
      options,
    ),
  }
}

/** The zone in the name of a column, such as `Date Time, GMT-04:00`, `time (UTC+2)` and `Zeit Europe/Berlin`. */
function zoneOfName(name: string): string | undefined {
  const [, sign, hours, minutes = '00'] = /\b(?:UTC|GMT) ?([+-])(\d{1,2})(?::?(\d{2}))?\b/i.exec(name) ?? []
  if (sign !== undefined) return `${sign}${hours!.padStart(2, '0')}:${minutes}`
  const zone = /\b[A-Z][A-Za-z]+\/[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_]+)?\b/.exec(name)?.[0]
  return zone !== undefined && isTimeZone(zone) ? zone : undefined
}

function isMostly(texts: readonly string[], test: (text: string) => boolean): boolean {
  return texts.filter(test).length * 2 > texts.length
}

type Form = Pick<
  TimeRole,
  'kind' | 'order' | 'unit' | 'lengths' | 'parse' | 'isHistoric' | 'isAnyYear' | 'isBackwards'
>

function numberRole(
  texts: readonly string[],
  decimal: Decimal | undefined,
  { timeUnit: unit, form }: TimeOptions,
  place: ReturnType<typeof placeOf>,
): Form {
  if (unit !== undefined) return { kind: 'number', unit, isHistoric: true }
  if (texts.every(text => scanTime(text) !== undefined)) return { kind: 'text', parse: createTextParser() }
  const numbers = texts.map(text => parseNumber(text, decimal)).filter(number => !Number.isNaN(number))
  const known = form?.timeUnit
  if (areYears(numbers)) {
    if (isYearName(place.column)) return { kind: 'text', parse: parseYear, isAnyYear: true }
    // A former table of the source was read without a question.
    if (form === undefined)
      throw createError('data-ambiguous-date', { ...place, reason: yearAdvice(numbers[0]!) })
  }
  if (isSerialDays(numbers)) {
    const late = numbers.find(number => number > FIRST_OPEN_DAY)
    if (late === undefined || known === 'days' || known === 'mjd')
      return { kind: 'number', unit: known === 'mjd' ? 'mjd' : 'days' }
    const dateOf = (unit: TimeUnit) => new Date(epochMs(late, unit)).toISOString().slice(0, 10)
    const reason = `${late} is ${dateOf('days')} (days of a spreadsheet) or ${dateOf('mjd')} (modified Julian days): give --time-unit days or --time-unit mjd`
    throw createError('data-ambiguous-date', { ...place, reason })
  }
  const scale = dayScaleOf(numbers)
  if (scale !== undefined && numbers.some(number => !Number.isInteger(number)))
    return { kind: 'number', unit: scale.unit }
  const largest = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0)
  const size = epochUnitOf(largest)
  if (size === 's' && known === undefined) {
    const late = numbers.find(number => number > LATE_SECONDS)
    const scales = late === undefined ? [] : SECOND_SCALES.filter(unit => isRecent(epochMs(late, unit)))
    if (scales.length > 0) {
      const units = ['s', ...scales] as const
      const dates = units.map(
        unit => `${new Date(epochMs(late!, unit)).toISOString().slice(0, 10)} (${unitName(unit)})`,
      )
      const reason = `${late} is ${dates.join(' or ')}: give ${units.map(unit => `--time-unit ${unit}`).join(' or ')}`
      throw createError('data-ambiguous-date', { ...place, reason })
    }
  }
  const isHistoric = numbers.every(number => isOutside(epochMs(number, size)))
  return { kind: 'number', ...(isHistoric && { isHistoric }) }
}

/** Whole numbers of 1900 to 2100, each larger than the one before. */
export function areYears(numbers: readonly number[]): boolean {
  return (
    numbers.length > 1 &&
    numbers.every((number, i) => Number.isInteger(number) && (i === 0 || number > numbers[i - 1]!)) &&
    numbers[0]! >= 1900 &&
    numbers.at(-1)! <= 2100
  )
}

const parseYear: TimeParser = text => {
  const year = /^(\d{4})(?:\.0+)?$/.exec(text.trim())?.[1]
  return year === undefined ? undefined : { ms: Date.UTC(Number(year), 0, 1), hasOffset: false }
}

const yearAdvice = (number: number) =>
  `${number} is the year ${number} or a count of seconds: give --time-format %Y or --time-unit s`

/** 2041 as a day of a spreadsheet, 2000 as a modified Julian day. */
const FIRST_OPEN_DAY = 51_544
/** Other counts of days, from 2000 to 2060: with fractions they are nothing else. */
const DAY_SCALES = [
  { unit: 'datenum', from: 730_486, to: 752_402 },
  { unit: 'julian', from: 2_451_544.5, to: 2_473_460.5 },
] as const

/** Seconds that are 2061 and later since 1970, and may be counted from an earlier year. */
const LATE_SECONDS = 2_871_763_200
const SECOND_SCALES = ['labview', 'ntp'] as const
const isRecent = (ms: number) => ms > Date.UTC(1995, 0, 1) && ms < Date.UTC(2061, 0, 1)
const unitName = (unit: TimeUnit) => EPOCH_UNITS.find(one => one.unit === unit)!.name

const dayScaleOf = (numbers: readonly number[]) =>
  DAY_SCALES.find(({ from, to }) => numbers.every(number => number > from && number < to))

/** Whether numbers are days of 2000 to 2060 by a count other than that of spreadsheets. */
export const isDayScale = (numbers: readonly number[]): boolean => dayScaleOf(numbers) !== undefined

/** Days of a spreadsheet: within 1970 to 2100, in steps of less than a day that are whole seconds, or each a day of its own in 2000 to 2060. */
function isSerialDays(numbers: readonly number[]): boolean {
  if (numbers.length === 0 || numbers.some(number => number < SERIAL_DAYS[0] || number > SERIAL_DAYS[1]))
    return false
  const seconds = (number: number) => Math.abs(number * 86_400 - Math.round(number * 86_400))
  const isFraction = numbers.some(number => !Number.isInteger(number))
  const hasManyDecimals = numbers.some(number => Math.abs(number * 1000 - Math.round(number * 1000)) > 1e-6)
  if (isFraction) return hasManyDecimals && numbers.every(number => seconds(number) < 40 || hasManyDecimals)
  return (
    numbers.length < 3000 &&
    numbers.every((number, i) => i === 0 || number - numbers[i - 1]! <= 31) &&
    numbers.every(number => number > 36_526 && number < 58_440)
  )
}

const isOutside = (ms: number) => ms < EARLIEST_MS || ms >= LATEST_MS

function textRole(
  relation: Relation,
  column: number,
  cells: readonly { readonly i: number; readonly text: string }[],
  mayBeIso: boolean,
  { timeZone, form }: TimeOptions,
): Form {
  const isZoneGiven = timeZone !== undefined
  const fields: { readonly text: string; readonly found: TimeFields }[] = []
  for (const { text } of cells) {
    const scanned = scanTime(text)
    const found = isZoneGiven && scanned !== undefined && 'abbreviation' in scanned ? scanned.wall : scanned
    if (found !== undefined && 'abbreviation' in found) {
      const reason = `${quote(text)}: ${zoneAdvice(found.abbreviation)}`
      throw createError('data-bad-time', { ...placeOf(relation, column, cells, text), reason })
    }
    if (found !== undefined) fields.push({ text, found })
  }
  const order = orderOf(
    fields.map(({ found }) => found),
    form?.dateOrder,
  )
  const isMonthOpen = fields.length > 0 && fields.every(({ found }) => found.mayBeDay)
  if (order === undefined || isMonthOpen) {
    const open = fields.find(({ found }) => found.orders.length > 1) ?? fields[0]!
    throw ambiguousDate(placeOf(relation, column, cells, open.text), open.text, open.found)
  }
  const isHistoric =
    fields.length > 0 && fields.every(({ found }) => isOutside(timeOf(found, order)?.ms ?? Number.NaN))
  const parse = createTextParser(order, isZoneGiven)
  const isBackwards = runsBackwards(
    cells.map(({ text }) => text),
    parse,
  )
  const lengths = [...new Set(relation.sample.map(row => Buffer.byteLength(row[column] ?? '')))]
  const isIso = mayBeIso && cells.length > 0 && cells.every(({ text }) => CANONICAL.test(text.trim()))
  return isIso
    ? { kind: 'iso', lengths, parse, isHistoric }
    : { kind: 'text', parse, isHistoric, isBackwards, order }
}

/** Whether most steps lead back; the table has one place of the sample after the other. */
function runsBackwards(texts: readonly string[], parse: TimeParser): boolean {
  let back = 0
  let on = 0
  let previous = Number.NaN
  for (const text of texts) {
    const ms = parse(text)?.ms ?? Number.NaN
    if (ms < previous) back++
    else if (ms > previous) on++
    previous = ms
  }
  return back > on
}

function placeOf(
  { file, names, header }: Relation,
  column: number,
  cells: readonly { readonly i: number; readonly text: string }[],
  text: string,
) {
  const row = cells.find(cell => cell.text === text)?.i ?? 0
  return { file, line: header ? (header.lineOf?.(row + 2) ?? row + 2) : row + 1, column: names[column]! }
}

const quote = (text: string) => JSON.stringify(text.slice(0, 40))

/**
 * The order of day and month that all dates of a column allow; of several the only one under which a day continues at midnight where the one
 * before ended. Undefined where both readings are as good.
 *
 * @param known the order of a former table, taken where it is one of several
 */
export function orderOf(fields: readonly TimeFields[], known?: DateOrder): DateOrder | undefined {
  const open = fields.filter(({ orders }) => !(orders.length === 1 && orders[0] === 'ymd'))
  if (open.length === 0) return 'ymd'
  const common = (['dmy', 'mdy', 'ymd'] as const).filter(order =>
    open.every(({ orders }) => orders.includes(order)),
  )
  if (common.length === 0) return majority(open)
  if (common.length === 1) return hasYearFirst(open, common) ? 'ymd' : common[0]
  if (known !== undefined && common.includes(known)) return known
  if (hasYearFirst(open, common)) return 'ymd'
  const fitting = common.filter(order => followsOn(open, order))
  return fitting.length === 1 ? fitting[0] : undefined
}

/** Dates such as 24/03/01 have their year first where they change the year with every day otherwise, and seldom so. */
function hasYearFirst(fields: readonly TimeFields[], others: readonly DateOrder[]): boolean {
  if (!fields.every(({ mayHaveYearFirst }) => mayHaveYearFirst)) return false
  const steps = fields.slice(1).map(({ date }, i) => [fields[i]!.date, date] as const)
  const days = steps.filter(([a, b]) => a.some((part, k) => part !== b[k]))
  const yearSteps = (at: 0 | 2) => days.filter(([a, b]) => a[at] !== b[at]).length
  return (
    days.length > 0 &&
    !others.includes('ymd') &&
    yearSteps(2) === days.length &&
    2 * yearSteps(0) < days.length
  )
}

/** Where no order fits all, some cell is no date: the order that fits most, when it is one. */
function majority(open: readonly TimeFields[]): DateOrder | undefined {
  const fits = (['dmy', 'mdy', 'ymd'] as const).map(order => ({
    order,
    count: open.filter(({ orders }) => orders.includes(order)).length,
  }))
  const [best, next] = fits.sort((a, b) => b.count - a.count)
  return best!.count > next!.count ? best!.order : undefined
}

/** Whether some day continues at midnight where the one before ended: the step over midnight is no longer than those of the day. */
function followsOn(fields: readonly TimeFields[], order: DateOrder): boolean {
  const times = fields.map(field => timeOf(field, order)!.ms)
  const dayAt = (i: number) => Math.floor(times[i]! / DAY_MS)
  let longest = 0
  for (let i = 1; i < times.length; i++)
    if (dayAt(i) === dayAt(i - 1)) longest = Math.max(longest, times[i]! - times[i - 1]!)
  return times.some(
    (time, i) => i > 0 && dayAt(i) === dayAt(i - 1) + 1 && time - times[i - 1]! <= 2 * longest,
  )
}

/** Cells of the columns that make up a time as one text; empty when one of them is. */
export function joinCells(cells: readonly string[], join: TimeRole['join']): string {
  if (cells.length === 1) return cells[0]!
  if (cells.some(cell => cell.trim() === '')) return ''
  if (join !== 'calendar')
    return cells
      .map((cell, i) => (i > 0 && /^\d{1,3}$/.test(cell.trim()) ? cell.trim().padStart(4, '0') : cell.trim()))
      .join(' ')
  if (Number.isNaN(Number(cells[0])) || scanTime(cells[0]!) !== undefined) {
    const [date, hour, minute = '0', second = '0'] = cells
    return `${date!.trim()} ${[hour, minute, second].map(part => Math.trunc(Number(part))).join(':')}`
  }
  const [given, month, day, ...clock] = cells.map(cell => String(Math.trunc(Number(cell))))
  const year = given!.length <= 2 ? fullYear(Number(given)) : given
  const time = clock.length === 1 ? [...clock, '0'] : clock
  return `${year}-${month}-${day}${time.length === 0 ? '' : ` ${time.join(':')}`}`
}

const CALENDAR_NAMES = [
  ['year', 'jahr', 'yyyy', 'yr', 'yy', '#yy', '#yr'],
  ['month', 'monat', 'mon', 'mm'],
  ['day', 'tag', 'dd', 'dom'],
  ['hour', 'stunde', 'hh', 'hr'],
  ['minute', 'min', 'mi', 'mm'],
  ['second', 'sec', 'sekunde', 'ss'],
]

/** Whether a column is called year or date, so that its years are times. */
export function isYearName(name: string): boolean {
  return [...CALENDAR_NAMES[0]!, 'date', 'datum', 'years'].includes(name.trim().toLowerCase())
}

/** Columns for year, month, day and as much of the time of day as there is; undefined without a year, a month and a day. */
export function calendarColumns(names: readonly string[]): number[] | undefined {
  const found: number[] = []
  for (const known of CALENDAR_NAMES) {
    // The first MM is the month, the second one the minute.
    const at = names.findIndex((name, i) => !found.includes(i) && known.includes(name.trim().toLowerCase()))
    if (at < 0) break
    found.push(at)
  }
  return found.length >= 3 ? found : undefined
}

/** Columns for the hour of a day, and for minute and second as far as there are: none without one that holds whole hours. */
export function hourColumns({ names, sample }: Relation, free: readonly number[]): number[] {
  const found: number[] = []
  for (const known of CALENDAR_NAMES.slice(3)) {
    const at = free.find(i => known.includes(names[i]!.trim().toLowerCase()))
    const isPart = (text: string) => /^\d{1,2}(?:\.0)?$/.test(text.trim()) && Number(text) < 61
    if (at === undefined || !sample.every(row => isPart(row[at] ?? ''))) break
    found.push(at)
  }
  return found
}

/** The column of times of day that goes with a column of dates. */
export function clockColumn(relation: Relation, date: number, free: readonly number[]): number | undefined {
  if (!isDateOnly(relation, date)) return undefined
  const filled = (i: number) => filledCells(relation, i)
  return free.find(i => i !== date && (isClockColumn(filled(i)) || isHoursAndMinutes(relation, i, date)))
}

const CLOCK_WORDS = new Set(['time', 'clock', 'hhmm', 'uhr', 'uhrzeit', 'zeit', 'heure', 'hora', 'ora'])
/** Rows of the sample that follow on one another. */
const CONSECUTIVE = 400

/** `5`, `930`, `2145` or `0005` under the name of a time of day: hours and minutes without a colon, which rise within each date. */
function isHoursAndMinutes({ names, sample }: Relation, column: number, date: number): boolean {
  if (!wordsOf(names[column]!).some(word => CLOCK_WORDS.has(word))) return false
  const rows = sample.slice(0, CONSECUTIVE).map(row => {
    const text = (row[column] ?? '').trim()
    return { day: row[date], clock: /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN }
  })
  const isClock = rows.every(({ clock }) => clock <= 2400 && clock % 100 < 60)
  const steps = rows
    .slice(1)
    .flatMap(({ day, clock }, i) => (day === rows[i]!.day ? [clock - rows[i]!.clock] : []))
  return (
    isClock &&
    steps.length * 2 > rows.length &&
    steps.every(step => step >= 0) &&
    steps.some(step => step > 0)
  )
}

/** Times of day; those with points are dates as well, but for hours, minutes or seconds that no date has. */
function isClockColumn(cells: readonly string[]): boolean {
  if (cells.length === 0) return false
  if (cells.every(isClockText)) return true
  const pointed = cells.map(cell =>
    /^\d{1,2}\.\d{2}\.\d{2}$/.test(cell.trim()) ? cell.replaceAll('.', ':') : '',
  )
  return pointed.every(isClockText) && cells.some(cell => scanTime(cell) === undefined)
}

/** Whether a column holds dates without a time of day. */
export function isDateOnly(relation: Relation, column: number): boolean {
  const dates = filledCells(relation, column)
  return (
    dates.length > 0 &&
    dates.every(text => {
      const found = scanTime(text)
      return found !== undefined && 'date' in found && !found.hasClock
    })
  )
}

function filledCells({ sample }: Relation, column: number): string[] {
  return sample.map(row => row[column] ?? '').filter(cell => !isMissingText(cell, true))
}
