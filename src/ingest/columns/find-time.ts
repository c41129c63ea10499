import { createTimeParser } from '../../core/time-format.js'
import { scanTime, yearlessFormat } from '../../core/time-text.js'
import { epochMs, epochUnitOf } from '../../core/time-unit.js'
import { isMissingText } from '../tables/cell.js'
import type { Relation } from '../tables/relation.js'
import { type ColumnProfile, wordsOf } from './profile.js'
import { positionOf, type RoleOptions } from './role-options.js'
import {
  areYears,
  calendarColumns,
  clockColumn,
  dayPartColumn,
  EARLIEST_MS,
  epochPair,
  hasSixDigits,
  hourColumns,
  isDateOnly,
  isDayScale,
  isYearName,
  joinOf,
  LATEST_MS,
  millisecondColumn,
  ordinalColumns,
  type TimeJoin,
  type TimeRole,
  timeRoleOf,
} from './time-role.js'

/** The time of a table, why, and the columns that are times as well. */
export interface TimeChoice {
  readonly role?: TimeRole
  readonly reason: string
  readonly others: readonly number[]
}

/** Cells of a column that are tried as times. */
const MOST_TRIED = 128
const TIME_NAMES = [
  'time',
  'timestamp',
  'datetime',
  'date',
  'ts',
  '_time',
  'timestamps',
  'zeit',
  'zeitstempel',
  'datum',
  'timestring',
]
const TIME_WORDS = new Set(
  'datenum julian jd mjd ticks filetime t time timestamp timestamps datetime date ts unixtime unix epoch zeit zeitstempel datum uhrzeit fecha hora utc stamp timestring dateandtime localtime gmttime clock'.split(
    ' ',
  ),
)

/** Finds the time of a table among the columns that are not taken. Errors: those of `timeRoleOf`, `data-column-missing`. */
export function findTime(
  relation: Relation,
  taken: readonly number[],
  options: RoleOptions,
  profiles: readonly ColumnProfile[],
): TimeChoice {
  const free = [...relation.names.keys()].filter(i => !taken.includes(i))
  const kinds = free.map(i => ({ i, ...seemsTime(relation, i, options, profiles[i]!) }))
  const others = (used: readonly number[]) =>
    kinds.filter(({ i, isText, isEpoch }) => !used.includes(i) && (isText || isEpoch)).map(({ i }) => i)
  const choose = (columns: readonly number[], join: TimeRole['join'], reason: string): TimeChoice => ({
    role: timeRoleOf(relation, columns, join, options),
    reason,
    others: others(columns),
  })
  const given = givenColumns(relation, options.timeColumn)
  if (given !== undefined) {
    if (given.length === 0) return { reason: '', others: [] }
    return choose(given, joinOfColumns(relation, given), 'as asked')
  }
  const named = (name: string) => TIME_NAMES.includes(name.toLowerCase())
  const like = (i: number) => wordsOf(relation.names[i]!).some(word => TIME_WORDS.has(word))
  const varying = kinds.filter(({ isText, isConstant }) => isText && !isConstant)
  // A date that is the same in every row is the time only where nothing else is, or with a time of day.
  const isDay = ({ i }: { readonly i: number }) =>
    varying.length === 0 || clockColumn(relation, i, free) !== undefined
  const best =
    varying.find(({ i }) => named(relation.names[i]!)) ??
    kinds.find(one => named(relation.names[one.i]!) && (one.isNumber || (one.isText && isDay(one)))) ??
    varying.find(({ i }) => like(i)) ??
    varying[0] ??
    kinds.find(({ i, isEpoch }) => isEpoch && like(i)) ??
    kinds.find(({ isEpoch }) => isEpoch) ??
    kinds.find(({ isText }) => isText)
  const pair = epochPair(relation, free)
  if (pair !== undefined && (best?.isText !== true || pair.columns.includes(best.i)))
    return choose(pair.columns, pair.join, 'seconds since 1970 and their part, joined')
  if (best === undefined) {
    const ordinal = ordinalColumns(relation, free)
    if (ordinal !== undefined)
      return choose(ordinal, joinOfColumns(relation, ordinal), 'a part of the date or the time of day')
    const calendar = calendarColumns(relation.names)
    if (calendar?.every(i => free.includes(i)))
      return choose(calendar, 'calendar', 'a part of the date or the time of day')
    const years = free.find(i => isYearName(relation.names[i]!) && areYears(numbersOf(relation, i)))
    if (years !== undefined) return choose([years], undefined, 'its name and its values')
    const only = free.find(i => named(relation.names[i]!))
    return only === undefined ? { reason: '', others: [] } : choose([only], undefined, 'its name')
  }
  const joined = joinedTime(relation, best, free)
  if (joined !== undefined) return choose(joined.columns, joined.join, joined.reason)
  return choose(
    [best.i],
    undefined,
    named(relation.names[best.i]!) ? 'its name and its values' : 'its values',
  )
}

/** The columns that make a time of the one that was found: a time of day, its milliseconds, the hour, a count since midnight. */
function joinedTime(
  relation: Relation,
  best: { readonly i: number; readonly isText: boolean; readonly isNumber: boolean },
  free: readonly number[],
): { readonly columns: readonly number[]; readonly join: TimeJoin; readonly reason: string } | undefined {
  const { i } = best
  // A date in digits alone is a number as well.
  const clock = best.isText || best.isNumber ? clockColumn(relation, i, free) : undefined
  const fraction = best.isText ? millisecondColumn(relation, free) : undefined
  if (clock !== undefined && fraction !== undefined)
    return {
      columns: [i, clock, fraction],
      join: 'milliseconds',
      reason: 'the date, the time of day and its milliseconds, joined',
    }
  if (clock !== undefined)
    return {
      columns: [i, clock],
      join: hasSixDigits(relation.sample, clock) ? 'digits' : 'blank',
      reason: 'the date and the time of day, joined',
    }
  const isDate = isDateOnly(relation, i)
  if (fraction !== undefined && relation.kinds[i] === 'text' && !isDate)
    return {
      columns: [i, fraction],
      join: 'milliseconds',
      reason: 'the time and its milliseconds, joined',
    }
  const hours = isDate ? hourColumns(relation, free) : []
  if (hours.length > 0)
    return { columns: [i, ...hours], join: 'calendar', reason: 'the date and the hour of the day, joined' }
  const part = isDate ? dayPartColumn(relation, i, free) : undefined
  return (
    part && {
      columns: [i, part.column],
      join: part.join,
      reason: 'the date and the time since midnight, joined',
    }
  )
}

function joinOfColumns({ names, sample }: Relation, columns: readonly number[]): TimeJoin | undefined {
  const join = joinOf(columns.map(i => names[i]!))
  return join === 'blank' && columns.length === 2 && hasSixDigits(sample, columns[1]!) ? 'digits' : join
}

/** Undefined when none is given; empty for `none`. A name with a comma may also be the name of one column. */
function givenColumns(relation: Relation, timeColumn: string | undefined): number[] | undefined {
  if (timeColumn === undefined) return undefined
  if (relation.names.includes(timeColumn)) return [relation.names.indexOf(timeColumn)]
  if (timeColumn === 'none') return []
  return timeColumn.split(',').map(name => positionOf(relation, name.trim()))
}

function seemsTime(relation: Relation, i: number, { timeFormat }: RoleOptions, profile: ColumnProfile) {
  const kind = relation.kinds[i]
  if (kind === 'time' || kind === 'wall')
    return { isText: true, isNumber: false, isEpoch: false, isConstant: false }
  const cells = relation.sample.map(row => row[i] ?? '').filter(cell => !isMissingText(cell, true))
  const parse = timeFormat === undefined ? undefined : createTimeParser(timeFormat)
  const isRead = (cell: string) =>
    parse?.(cell) !== undefined ||
    (Number.isNaN(Number(cell)) && (scanTime(cell) !== undefined || yearlessFormat(cell) !== undefined))
  const some = cells.filter((_, i) => i % Math.ceil(cells.length / MOST_TRIED) === 0)
  const isConstant = profile.values.length === 1 && cells.length > 1
  return {
    isText: some.filter(isRead).length * 2 > some.length,
    isNumber: profile.numbers * 2 > cells.length,
    isEpoch: isEpochColumn(profile, wordsOf(relation.names[i]!), cells),
    isConstant,
  }
}

/** Numbers that are times whatever their column is called: of 1990 to 2100 in one unit, growing, in even steps where no name speaks for it. */
function isEpochColumn(profile: ColumnProfile, words: readonly string[], cells: readonly string[]): boolean {
  const { numbers, filled, min, max, rising, equal, falling, regular } = profile
  if (filled === 0 || numbers < filled || rising + equal === 0) return false
  const isNamed = words.some(word => TIME_WORDS.has(word))
  const isGrowing = falling <= 0.05 * (rising + equal) && rising > 0
  if (!isGrowing) return isNamed && cells.every(cell => scanTime(cell) !== undefined)
  if (cells.every(cell => scanTime(cell) !== undefined)) return isNamed || numbers >= 3
  const unit = epochUnitOf(max)
  const [from, to] = [epochMs(min, unit), epochMs(max, unit)]
  if (from < Date.UTC(1990, 0, 1) || to >= LATEST_MS || from < EARLIEST_MS)
    return isNamed && (isSerial(min, max) || isDayScale([min, max]))
  return isNamed || (regular > 0.6 && numbers >= 3)
}

const numbersOf = ({ sample }: Relation, i: number) =>
  sample.map(row => Number((row[i] ?? '').trim() || 'none'))

const isSerial = (min: number, max: number) => min > 30_000 && max < 60_000
