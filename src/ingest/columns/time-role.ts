import { createError, type TelltaleError } from '../../core/errors.js'
import { DAY_MS } from '../../core/milliseconds.js'
import { ambiguousDate, formatOf, zoneAdvice } from '../../core/parse-time.js'
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
  yearlessFormat,
} from '../../core/time-text.js'
import { EPOCH_UNITS, epochMs, epochUnitOf, type TimeUnit } from '../../core/time-unit.js'
import { isTimeZone } from '../../core/zone-offset.js'
import { sqlName } from '../../engine/index.js'
import type { TableForm } from '../form.js'
import { isMissingText } from '../tables/cell.js'
import { parseNumber } from '../tables/number.js'
import type { Decimal } from '../tables/number-form.js'
import { queryAdvice } from '../tables/query-advice.js'
import type { Relation } from '../tables/relation.js'
import { wordsOf } from './profile.js'

/**
 * How the columns of a time go together: date and time of day, also as HHMMSS in digits that lack their zeros; year, month, day, ...; year, day of
 * the year, hour, ... or HHMM; a date and its hours, minutes or seconds since midnight; a time and its part of a second.
 */
export type TimeJoin = 'blank' | 'digits' | 'calendar' | 'ordinal' | 'ordinal-clock' | DayPart | Fraction
/** What is counted since midnight. */
type DayPart = 'day-hours' | 'day-minutes' | 'day-seconds'
/** Parts of a second. */
type Fraction = 'milliseconds' | 'microseconds' | 'nanoseconds'

/** How times are stored: `iso` is read by the engine, `wall` too but lacks a zone, `text` is read by `parse`. */
export interface TimeRole {
  readonly column: number
  /** All columns that make up the time, joined by `join`. */
  readonly columns: readonly number[]
  readonly kind: 'iso' | 'wall' | 'number' | 'text'
  readonly join?: TimeJoin
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
    const [first] = texts
    if (first !== undefined && !isOther && texts.every(text => parse(text) === undefined)) {
      const reason = `${quote(first)} does not fit --time-format '${options.timeFormat}'`
      throw createError('data-bad-time', { ...placeOf(relation, column, cells, first), reason })
    }
    if (!isOther)
      return { ...base, kind: 'text', parse, isAnyYear: true, isBackwards: runsBackwards(texts, parse) }
  }
  const decimal = relation.decimal
  if (join !== undefined && join in FRACTION_DIGITS && texts.every(text => EPOCH_TEXT.test(text)))
    return { ...base, kind: 'text', parse: parseEpoch, isBackwards: runsBackwards(texts, parseEpoch) }
  if (
    join === undefined &&
    texts.some(text => !Number.isNaN(parseNumber(text, decimal))) &&
    isMostly(texts, text => !Number.isNaN(parseNumber(text, decimal)))
  ) {
    return {
      ...base,
      ...numberRole(texts, decimal, options, placeOf(relation, column, cells, texts[0]!), relation),
    }
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

const EPOCH_TEXT = /^\d{9,10}\.\d{3,9}$/
const parseEpoch: TimeParser = text =>
  EPOCH_TEXT.test(text) ? { ms: Math.round(Number(text) * 1e6) / 1e3, hasOffset: true } : undefined

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
  relation: Relation,
): Form {
  if (unit !== undefined) return { kind: 'number', unit, isHistoric: true }
  if (texts.every(text => scanTime(text) !== undefined)) return { kind: 'text', parse: createTextParser() }
  const numbers = texts.map(text => parseNumber(text, decimal)).filter(number => !Number.isNaN(number))
  const known = form?.timeUnit
  if (known === undefined) refuseOpen(texts, numbers, place)
  if (areYears(numbers)) {
    if (isYearName(place.column)) return { kind: 'text', parse: parseYear, isAnyYear: true }
    // A former table of the source was read without a question.
    if (form === undefined)
      throw createError('data-ambiguous-date', {
        ...place,
        reason: yearAdvice(numbers.find(number => !Number.isInteger(number)) ?? numbers[0]!, place.column),
      })
  }
  const dayPart = dayPartOfNumbers(numbers)
  if (dayPart !== undefined) throw dayPartError(dayPart, numbers, place, relation)
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

const DAY_UNITS = { h: 'hours', min: 'minutes', s: 'seconds' } as const

/** The unit of numbers that count through a day and begin again: they fall from its last tenth to its first, and hold no more than a day. */
function dayPartOfNumbers(numbers: readonly number[]): { unit: 'h' | 'min' | 's'; most: number } | undefined {
  const falls = numbers
    .slice(1)
    .flatMap((number, i) => (number < numbers[i]! ? [[numbers[i]!, number] as const] : []))
  if (falls.length === 0 || falls.length * 3 > numbers.length || numbers.some(number => number < 0))
    return undefined
  return (
    [
      ['h', 24],
      ['min', 1440],
      ['s', DAY_S],
    ] as const
  )
    .map(([unit, most]) => ({ unit, most }))
    .find(
      ({ most }) =>
        numbers.every(number => number <= most) &&
        falls.some(([from, to]) => from >= 0.9 * most && to <= 0.1 * most),
    )
}

/** A time of day without its date: the query that counts on over midnight is named. */
function dayPartError(
  { unit, most }: NonNullable<ReturnType<typeof dayPartOfNumbers>>,
  numbers: readonly number[],
  place: ReturnType<typeof placeOf>,
  relation: Relation,
): TelltaleError {
  const at = numbers.findIndex((number, i) => i > 0 && number < numbers[i - 1]!)
  const name = sqlName(place.column)
  const query = queryAdvice(
    relation,
    source =>
      `select * exclude (midnight) replace (${name} + ${most} * sum(midnight) over (rows unbounded preceding) as ${name}) from (select *, coalesce(${name} < lag(${name}) over (), false)::int as midnight from ${source})`,
  )
  const reads =
    query === undefined
      ? ''
      : `${query} --time-column '${place.column}' --time-unit ${unit} counts on over midnight; `
  return createError('data-bad-time', {
    ...place,
    reason: `${numbers[at - 1]} is followed by ${numbers[at]}: ${DAY_UNITS[unit]} of a day without a date; ${reads}--exclude-channels '${place.column}' counts the samples instead`,
  })
}

/** Numbers that are seconds since 1970 by their size, and a stamp or a count from another year as well. */
function refuseOpen(
  texts: readonly string[],
  numbers: readonly number[],
  place: ReturnType<typeof placeOf>,
): void {
  const first = numbers[0] ?? Number.NaN
  const dateOf = (unit: TimeUnit) => new Date(epochMs(first, unit)).toISOString().slice(0, 16)
  const size = epochUnitOf(first)
  const open = (reason: string) => createError('data-ambiguous-date', { ...place, reason })
  const format = STAMPS.find(({ form }) => texts.every(text => form.test(text.trim())))?.format
  if (format !== undefined && texts.length > 2 && new Set(texts).size > 1) {
    const parse = createTimeParser(format)
    const stamps = texts.map(text => parse(text.trim())?.ms ?? Number.NaN)
    const isSure = dateOf(size) < '2038' && dateOf(size) > '1990' && evenness(numbers) >= evenness(stamps)
    const at = new Date(stamps[0]!)
    if (!stamps.some(Number.isNaN) && !isSure)
      throw open(
        `${texts[0]} is ${at.toISOString().slice(0, 16)} (year of two digits first) or ${dateOf(size)} (${unitName(size)}): give --time-format '${format}' or --time-unit ${size}`,
      )
  }
  if (size !== 's') return
  const other = wordsOf(place.column).includes('gps') ? 'gps' : numbers.every(isApple) ? 'apple' : undefined
  if (other !== undefined)
    throw open(
      `${first} is ${dateOf('s')} (${unitName('s')}) or ${dateOf(other)} (${unitName(other)}): give --time-unit s or --time-unit ${other}`,
    )
}

/** Seconds of 1990 to 2000, which are 2021 to 2031 when counted from 2001. */
const isApple = (number: number) => number > 631_152_000 && number < 946_684_800

const STAMPS = [
  { form: /^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/, format: '%y%m%d%H%M' },
  {
    form: /^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/,
    format: '%y%m%d%H%M%S',
  },
] as const

/** The share of the steps between numbers that are as long as the first one. */
function evenness(numbers: readonly number[]): number {
  const steps = numbers.slice(1).map((number, i) => number - numbers[i]!)
  return steps.filter(step => step === steps[0]).length / Math.max(1, steps.length)
}

/** Whether a number can be a year, with a part of it. */
export const isYear = (number: number): boolean => number >= 1900 && number <= 2101

/** Years of 1900 to 2100, each larger than the one before; those with a part of a year, which may be rounded, can be equal. */
export function areYears(numbers: readonly number[]): boolean {
  const hasParts = numbers.some(number => !Number.isInteger(number))
  const isAfter = (number: number, before: number) => number > before || (hasParts && number === before)
  return (
    numbers.length > 1 &&
    isYear(numbers[0]!) &&
    isYear(numbers.at(-1)!) &&
    numbers.at(-1)! > numbers[0]! &&
    numbers.every((number, i) => i === 0 || isAfter(number, numbers[i - 1]!))
  )
}

const parseYear: TimeParser = text => {
  const ms = yearMs(text)
  return ms === undefined ? undefined : { ms, hasOffset: false }
}

/** Ms since the epoch of `2024`, and of `2024.5`, the middle of that year, to a second; undefined for other texts. */
export function yearMs(text: string): number | undefined {
  const [, digits, part = ''] = /^(\d{4})(\.\d*)?$/.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  const [from, to] = [Date.UTC(Number(digits), 0, 1), Date.UTC(Number(digits) + 1, 0, 1)]
  return from + Math.round((Number(`0${part}`) * (to - from)) / 1000) * 1000
}

const yearAdvice = (number: number, name: string) =>
  Number.isInteger(number)
    ? `${number} is the year ${number} or a count of seconds: give --time-format %Y or --time-unit s`
    : `${number} is the year ${Math.floor(number)} and a part of it, or a count of seconds: give --rename '${name}=year' or --time-unit s`

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
  if (fields.length === 0) refuseYearless(relation, column, cells)
  const order = orderOf(
    fields.map(({ found }) => found),
    form?.dateOrder,
  )
  const isMonthOpen = fields.length > 0 && fields.every(({ found }) => found.mayBeDay)
  if (order === undefined || isMonthOpen) {
    const several = fields.filter(({ found }) => found.orders.length > 1)
    // 3 March is the same in both orders: such a date does not show what is open.
    const isDifferent = ({ found }: (typeof fields)[number]) =>
      new Set(found.orders.map(one => timeOf(found, one)?.ms)).size > 1
    const open = several.find(isDifferent) ?? several[0] ?? fields[0]!
    throw ambiguousDate(placeOf(relation, column, cells, open.text), open.text, open.found)
  }
  const isHistoric =
    fields.length > 0 && fields.every(({ found }) => isOutside(timeOf(found, order)?.ms ?? Number.NaN))
  refuseCalendar(relation, column, cells, fields, order)
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

/** Years of other calendars that are 1980 to 2060 of ours. */
const CALENDARS = [
  { name: 'the Buddhist calendar', from: 2523, to: 2603, before: 543 },
  { name: 'the Iranian or the Islamic calendar', from: 1359, to: 1482, before: undefined },
] as const

/** Years that are none of a recording: those of another calendar, and those that no reading can have yet. The query that turns them, where there is one, is named. */
function refuseCalendar(
  relation: Relation,
  column: number,
  cells: readonly { readonly i: number; readonly text: string }[],
  fields: readonly { readonly text: string; readonly found: TimeFields }[],
  order: DateOrder,
): void {
  const years = fields.map(({ found }) => new Date(timeOf(found, order)?.ms ?? 0).getUTCFullYear())
  const calendar = CALENDARS.find(({ from, to }) => years.every(year => year >= from && year <= to))
  const isAhead = years.every(year => year > new Date(LATEST_MS).getUTCFullYear())
  if (fields.length === 0 || (calendar === undefined && !isAhead)) return
  const { text, found } = fields[0]!
  const format = /^[\d./-]{8,10}(?:[T ,]+[\d:.,]+)?$/.test(text.trim())
    ? formatOf(text.trim(), order, found)
    : undefined
  const asIs = `--time-format ${format === undefined ? 'FORMAT' : `'${format}'`} reads it as it is`
  const name = sqlName(relation.names[column]!)
  const year = `regexp_extract(${name}::varchar, '[0-9]{4}')`
  const query =
    calendar?.before === undefined
      ? undefined
      : queryAdvice(
          relation,
          source =>
            `select * replace (replace(${name}::varchar, ${year}, (${year}::int - ${calendar.before})::varchar) as ${name}) from ${source}`,
        )
  const meaning =
    calendar === undefined
      ? 'which is yet to come'
      : calendar.before === undefined
        ? `a year of ${calendar.name}, whose months are others: write the dates in the Gregorian one`
        : `${years[0]! - calendar.before} of ${calendar.name}: ${query === undefined ? `subtract ${calendar.before} from the years` : `${query} subtracts ${calendar.before}`}`
  throw createError('data-ambiguous-date', {
    ...placeOf(relation, column, cells, text),
    reason: `${quote(text)} is in the year ${years[0]}, ${meaning}; ${asIs}`,
  })
}

/** Times without a year are of any: the query that gives them one is named. */
function refuseYearless(
  relation: Relation,
  column: number,
  cells: readonly { readonly i: number; readonly text: string }[],
): void {
  const text = cells[0]?.text
  const format = text === undefined ? undefined : yearlessFormat(text)
  if (format === undefined) return
  const name = sqlName(relation.names[column]!)
  const query = queryAdvice(
    relation,
    source => `select * replace (strptime('2024 ' || ${name}, '%Y ${format}') as ${name}) from ${source}`,
  )
  const help =
    query === undefined
      ? 'write the year into the file'
      : `${query} reads it as one of 2024; put the year of the recording there`
  throw createError('data-ambiguous-date', {
    ...placeOf(relation, column, cells, text!),
    reason: `${quote(text!)} does not say its year: ${help}`,
  })
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
  if (join !== undefined && join in FRACTION_DIGITS) {
    const [whole, part] = [joinCells(cells.slice(0, -1), 'blank'), cells.at(-1)!.trim()].map(text =>
      text.replace(/[.,]0+$/, ''),
    )
    return `${whole}.${part!.padStart(FRACTION_DIGITS[join as Fraction], '0')}`
  }
  if (join === 'digits') return `${cells[0]!.trim()} ${cells[1]!.trim().padStart(6, '0')}`
  if (join !== undefined && join in DAY_PARTS) {
    const { unitS } = DAY_PARTS[join as DayPart]
    return `${cells[0]!.trim()} ${dayClock(numberOf(cells[1]!) * unitS)}`
  }
  if (join === 'ordinal' || join === 'ordinal-clock') {
    const [year, day] = cells.map(cell => String(Math.trunc(Number(cell))))
    const date = `${year}-${day!.padStart(3, '0')}`
    if (join === 'ordinal') return [date, ...partsClock(cells.slice(1), cells.slice(2))].join(' ')
    const time = cells[2]!.trim().padStart(4, '0')
    return `${date} ${time.slice(0, 2)}:${time.slice(2)}`
  }
  // A column called hour may hold times of day.
  if (join !== 'calendar' || cells.slice(1).some(cell => Number.isNaN(numberOf(cell))))
    return cells.map((cell, i) => (i > 0 ? paddedClock(cell.trim()) : cell.trim())).join(' ')
  if (Number.isNaN(Number(cells[0])) || scanTime(cells[0]!) !== undefined)
    return [cells[0]!.trim(), ...partsClock([], cells.slice(1))].join(' ')
  const [given, month, day] = cells.map(cell => String(Math.trunc(Number(cell))))
  const year = given!.length <= 2 ? fullYear(Number(given)) : given
  return [`${year}-${month}-${day}`, ...partsClock(cells.slice(2, 3), cells.slice(3))].join(' ')
}

/** A number with a point or a comma before its decimals. */
const numberOf = (text: string) => Number(text.replace(',', '.'))

/**
 * The time of day of hours, minutes and seconds, of which the last may have a part: `0.5` is 0:30:0. Hours with a part are rounded to seconds, as
 * 0.0167 means a minute. Without any, the part of the day is the time: none of a whole day.
 */
function partsClock(day: readonly string[], clock: readonly string[]): readonly string[] {
  const numbers = clock.map(numberOf)
  if (numbers.length === 0) {
    const part = day.length === 0 ? 0 : numberOf(day[0]!) % 1
    return part > 0 ? [dayClock(Math.round(part * 86_400))] : []
  }
  const [hour, minute = 0, second = 0] = numbers
  if (numbers.every(Number.isInteger)) return [[hour, minute, second].join(':')]
  if (numbers.length === 1) return [dayClock(Math.round(hour! * 3600))]
  return [dayClock(hour! * 3600 + minute * 60 + second)]
}

/** The time of day from its seconds since midnight, to a microsecond. */
function dayClock(seconds: number): string {
  const micros = Math.round(seconds * 1e6)
  return [Math.floor(micros / 3.6e9), Math.floor(micros / 6e7) % 60, (micros % 6e7) / 1e6].join(':')
}

/** `5` and `930` with the zeros that a number lacks. */
const paddedClock = (text: string) => (/^\d{1,3}$/.test(text) ? text.padStart(4, '0') : text)

const CALENDAR_NAMES = [
  [
    'year',
    'jahr',
    'yyyy',
    'yr',
    'yy',
    '#yy',
    '#yr',
    'année',
    'annee',
    'an',
    'año',
    'ano',
    'anno',
    'rok',
    'jaar',
    'år',
  ],
  ['month', 'monat', 'mon', 'mm', 'mois', 'mes', 'mês', 'mese', 'miesiąc', 'maand', 'månad'],
  ['day', 'tag', 'dd', 'dom', 'jour', 'día', 'dia', 'giorno', 'dzień', 'dag'],
  ['hour', 'stunde', 'hh', 'hr', 'heure', 'hora', 'ora', 'godzina', 'uur', 'timme'],
  ['minute', 'min', 'mi', 'mm', 'minuto', 'minuta', 'minuut', 'minut'],
  ['second', 'sec', 'sekunde', 'ss', 'seconde', 'segundo', 'secondo', 'sekunda'],
]
const DAYS_OF_YEAR = [
  'doy',
  'day of year',
  'dayofyear',
  'julian day',
  'julday',
  'jday',
  'yday',
  'day_of_year',
]
const HOURS_AND_MINUTES = ['hhmm', 'hour minute', 'hourmin', 'time']
const DAY_PARTS: Readonly<Record<DayPart, { readonly unitS: number; readonly form: RegExp }>> = {
  'day-hours': { unitS: 3600, form: dayPartForm('hours?|hrs?|h|stunden?') },
  'day-minutes': { unitS: 60, form: dayPartForm('minutes?|mins?|minuten?') },
  'day-seconds': { unitS: 1, form: dayPartForm('seconds?|secs?|s|sekunden?') },
}
const DAY_S = 86_400

/** Names of a count since midnight: the unit alone, before `of day`, and behind `time`. */
function dayPartForm(unit: string): RegExp {
  return new RegExp(
    `^(?:(?:${unit})(?: (?:(?:of|in)(?: the)?(?: day)?|since midnight|des tages|seit mitternacht))?|(?:time|zeit|uhrzeit|clock|time of day|tod)(?: in)? (?:${unit})${unit.startsWith('sec') ? '|sod' : ''})$`,
  )
}
const FRACTION_DIGITS: Readonly<Record<Fraction, number>> = {
  milliseconds: 3,
  microseconds: 6,
  nanoseconds: 9,
}
/** Seconds since 1970, and their parts by what the name ends in after the same beginning. */
const SECONDS = ['seconds', 'secs', 'sec', 's', 'timeinseconds']
const PARTS: readonly (readonly [Fraction, RegExp])[] = [
  ['nanoseconds', /^(.*?)(?:nanoseconds|nanosecs?|offsetinnanos|nanos|nsecs?|ns)$/i],
  ['microseconds', /^(.*?)(?:microseconds|microsecs?|micros|usecs?|us)$/i],
]

/** Two columns that are seconds since 1970 and a part of them, as ROS, Firestore and `timeval` write them: `secs` and `nsecs`, `_seconds` and `_nanoseconds`. */
export function epochPair(
  { names, sample }: Relation,
  free: readonly number[],
): { readonly columns: readonly [number, number]; readonly join: Fraction } | undefined {
  const isEpoch = (text: string) => /^\d{9,10}(?:\.0+)?$/.test(text.trim())
  const isPart = (join: Fraction) => (text: string) =>
    /^\d+(?:\.0+)?$/.test(text.trim()) && Number(text) < 10 ** FRACTION_DIGITS[join]
  const areAll = (i: number, test: (text: string) => boolean) => sample.every(row => test(row[i] ?? ''))
  for (const part of sample.length === 0 ? [] : free)
    for (const [join, form] of PARTS) {
      const stem = form.exec(names[part]!)?.[1]?.toLowerCase()
      const isWhole = (i: number) => SECONDS.some(end => names[i]!.toLowerCase() === `${stem}${end}`)
      const whole = stem === undefined ? undefined : free.find(isWhole)
      if (whole !== undefined && areAll(whole, isEpoch) && areAll(part, isPart(join)))
        return { columns: [whole, part], join }
    }
  return undefined
}

const MILLISECONDS = ['ms', 'msec', 'millis', 'millitm', 'millisecond', 'milliseconds', 'millisekunden']

/** The column of the milliseconds that belong to a time: named so, with whole numbers below 1000. */
export function millisecondColumn({ names, sample }: Relation, free: readonly number[]): number | undefined {
  const isPart = (text: string) => /^\d{1,3}$/.test(text.trim())
  return free.find(
    i =>
      MILLISECONDS.includes(names[i]!.trim().toLowerCase()) &&
      sample.length > 0 &&
      sample.every(row => isPart(row[i] ?? '')),
  )
}

/** Columns for year, day of the year and as much of the time of day as there is. */
export function ordinalColumns(relation: Relation, free: readonly number[]): number[] | undefined {
  const find = (known: readonly string[]) =>
    free.find(i => known.includes(relation.names[i]!.trim().toLowerCase()))
  const [year, day] = [find(CALENDAR_NAMES[0]!), find(DAYS_OF_YEAR)]
  if (year === undefined || day === undefined) return undefined
  const hours = hourColumns(relation, free)
  if (hours.length > 0) return [year, day, ...hours]
  const clock = free.find(
    i =>
      HOURS_AND_MINUTES.includes(relation.names[i]!.trim().toLowerCase()) &&
      relation.sample.every(row => /^\d{1,4}$/.test((row[i] ?? '').trim())),
  )
  return clock === undefined ? [year, day] : [year, day, clock]
}

/** How columns of these names go together as a time. */
export function joinOf(names: readonly string[]): TimeJoin | undefined {
  if (names.length < 2) return undefined
  const is = (at: number, known: readonly string[]) =>
    names[at] !== undefined && known.includes(names[at].trim().toLowerCase())
  if (is(names.length - 1, MILLISECONDS)) return 'milliseconds'
  const part = PARTS.find(([, form]) => {
    const stem = form.exec(names.at(-1)!)?.[1]?.toLowerCase()
    return stem !== undefined && SECONDS.some(end => names[0]!.toLowerCase() === `${stem}${end}`)
  })
  if (part !== undefined) return part[0]
  const hasYear = is(0, CALENDAR_NAMES[0]!)
  if (hasYear && is(1, DAYS_OF_YEAR))
    return names.length === 3 && !is(2, CALENDAR_NAMES[3]!) ? 'ordinal-clock' : 'ordinal'
  const unit = names.length === 2 && !hasYear ? dayPartOf(names[1]!) : undefined
  if (unit !== undefined && !is(1, CALENDAR_NAMES[3]!)) return unit
  const areHours = names.slice(1).every((_, k) => CALENDAR_NAMES.slice(3).some(known => is(k + 1, known)))
  return hasYear || areHours ? 'calendar' : 'blank'
}

/** Whether a column is called year or date, so that its years are times. */
export function isYearName(name: string): boolean {
  const own = name.trim().toLowerCase()
  return (
    [...CALENDAR_NAMES[0]!, 'date', 'datum', 'years'].includes(own) ||
    /^(?:dec|decimal|frac|fractional)[ _]?(?:year|date)$/.test(own)
  )
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

/** Columns for the hour of a day, and for minute and second as far as there are: none without one that holds hours. The last one may hold parts, as 0.5. */
export function hourColumns({ names, sample }: Relation, free: readonly number[]): number[] {
  const found: number[] = []
  for (const [k, known] of CALENDAR_NAMES.slice(3).entries()) {
    const at = free.find(i => known.includes(names[i]!.trim().toLowerCase()))
    if (at === undefined) break
    const isWhole = (text: string) => /^\d{1,2}(?:\.0)?$/.test(text) && Number(text) < 61
    const isPart = (text: string) =>
      /^\d{1,2}(?:[.,]\d+)?$/.test(text) && numberOf(text) <= (k === 0 ? 24 : 60)
    const cells = sample.map(row => (row[at] ?? '').trim())
    if (cells.every(isWhole)) found.push(at)
    else if (cells.every(isPart) && !MINIMA.has(names[at]!.trim().toLowerCase())) return [...found, at]
    else break
  }
  return found
}

/** Names of minutes that are those of smallest readings as well. */
const MINIMA = new Set(['min', 'mi', 'mm'])

const dayPartOf = (name: string): DayPart | undefined => {
  const plain = wordsOf(name).join(' ')
  return (Object.keys(DAY_PARTS) as DayPart[]).find(part => DAY_PARTS[part].form.test(plain))
}

/** The column that counts hours, minutes or seconds since midnight beside a date: named so, and it only rises within each date. */
export function dayPartColumn(
  { names, sample, decimal }: Relation,
  date: number,
  free: readonly number[],
): { readonly column: number; readonly join: DayPart } | undefined {
  for (const column of free) {
    const join = column === date ? undefined : dayPartOf(names[column]!)
    if (join === undefined) continue
    const most = DAY_S / DAY_PARTS[join].unitS
    const rows = sample.map(row => ({ day: row[date], part: parseNumber(row[column] ?? '', decimal) }))
    const isCount = rows.every(({ part }) => part >= 0 && part <= most)
    const steps = rows
      .slice(1, CONSECUTIVE)
      .flatMap(({ day, part }, i) => (day === rows[i]!.day ? [part - rows[i]!.part] : []))
    if (isCount && steps.some(step => step > 0) && steps.every(step => step >= 0)) return { column, join }
  }
  return undefined
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
    return { day: row[date], clock: /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN }
  })
  const hasSeconds = hasSixDigits(sample, column)
  const isClock = rows.every(({ clock }) =>
    hasSeconds
      ? clock < 240_000 && clock % 100 < 60 && Math.floor(clock / 100) % 100 < 60
      : clock <= 2400 && clock % 100 < 60,
  )
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

/** Whether a clock in digits has seconds: one of its cells has five or six digits. */
export function hasSixDigits(sample: Relation['sample'], column: number): boolean {
  return sample.some(row => /^\d{5,6}$/.test((row[column] ?? '').trim()))
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
