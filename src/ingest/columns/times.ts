import { EPOCH_UNITS, epochUnitOf, inMs, type TimeUnit } from '../../core/time-unit.js'
import { createZoneClock, type ZoneClock } from '../../core/zone-clock.js'
import type { ReadSummary } from '../summary.js'
import { countPlace, type Place } from '../tally.js'
import { EARLIEST_MS, LATEST_MS, type TimeRole } from './time-role.js'

const CALENDAR_MS = 8.64e15
const SMALLEST_EPOCH = 1e8
/** Times as they are stored: numbers, ms since the epoch or of the wall clock, or texts. */
export type RawTimes = Float64Array | readonly (string | null)[]

export interface TimeReader {
  /** Ms since the epoch, NaN where a time is missing or unreadable. Numbers are turned in place. */
  read(raw: RawTimes, placeOf: (i: number) => Place): Float64Array
  /** Why the numbers can no longer be what they were taken for; undefined while they can. */
  problem(): string | undefined
}

/**
 * Reads the times of one table, part by part. Numbers are seconds, ms, us or ns by the size of the largest of the first part, unless `unit`
 * says; should a later one be of another size, that is a problem and never a second guess. What the reader of the summary should know is added to it.
 */
export function createTimeReader(
  role: TimeRole,
  column: string,
  options: { readonly timeUnit?: TimeUnit; readonly timeZone?: string },
  summary: ReadSummary,
): TimeReader {
  if (role.kind === 'number') return createNumberReader(column, role, options.timeUnit, summary)
  summary.timeUnit = 'text'
  if (role.kind === 'iso') return { read: raw => raw as Float64Array, problem: () => undefined }
  return {
    read: createWallReader(role, options.timeZone ?? role.zone ?? 'UTC', summary),
    problem: () => undefined,
  }
}

function createNumberReader(
  column: string,
  role: TimeRole,
  given: TimeUnit | undefined,
  summary: ReadSummary,
): TimeReader {
  let unit = EPOCH_UNITS.find(({ unit }) => unit === (given ?? role.unit))
  if (given === undefined && unit !== undefined)
    summary.assumptions.push(`the numbers in ${column} are taken as ${unit.name}`)
  let problem: string | undefined
  return {
    problem: () => problem,
    read(raw) {
      const times = raw as Float64Array
      const largest = largestOf(times)
      const fitting = EPOCH_UNITS.find(({ unit }) => unit === epochUnitOf(largest))!
      if (unit === undefined) {
        unit = fitting
        const isElapsed = largest < SMALLEST_EPOCH
        if (isElapsed) summary.form = { ...summary.form, timeUnit: unit.unit }
        summary.assumptions.push(
          isElapsed
            ? `the numbers in ${column} are too small for dates: taken as seconds since 1970-01-01, as those of a time since a start; --time-unit h, min or ms says otherwise`
            : `the numbers in ${column} are taken as ${unit.name}`,
        )
      } else if (
        given === undefined &&
        role.unit === undefined &&
        EPOCH_UNITS.indexOf(fitting) > EPOCH_UNITS.indexOf(unit)
      ) {
        problem = `the numbers were taken as ${unit.name}, but later ones are too large for that; give --time-unit`
      }
      summary.timeUnit = unit.unit
      if (unit.unit === 'ms') return times
      const msOf = inMs(unit)
      for (let i = 0; i < times.length; i++) times[i] = msOf(times[i]!)
      return times
    },
  }
}

/** The largest size of a time; what is no finite number becomes NaN. */
function largestOf(times: Float64Array): number {
  let largest = 0
  for (let i = 0; i < times.length; i++) {
    const size = Math.abs(times[i]!)
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size
    else if (!(size < Number.POSITIVE_INFINITY)) times[i] = Number.NaN
  }
  return largest
}

function createWallReader(
  { parse, isBackwards }: TimeRole,
  zone: string,
  summary: ReadSummary,
): TimeReader['read'] {
  const own = createZoneClock(zone)
  const named = new Map<string, ZoneClock>()
  const clockOf = (name: string | undefined): ZoneClock => {
    if (name === undefined) return own
    const clock = named.get(name) ?? createZoneClock(name)
    named.set(name, clock)
    return clock
  }
  summary.timeZone = zone
  let previous = Number.NEGATIVE_INFINITY
  let hasOffset: boolean | undefined
  const toUtc = (wallMs: number, name: string | undefined, place: () => Place) => {
    const clock = clockOf(name)
    const utc = clock.toUtc(wallMs, previous, isBackwards)
    if (clock.lastCase === 'repeated') countPlace(summary.repeatedTimes, place)
    if (clock.lastCase === 'skipped') countPlace(summary.skippedTimes, place)
    return utc
  }
  return (raw, placeOf) =>
    Float64Array.from(raw as ArrayLike<number | string | null>, (cell, i) => {
      const reading =
        typeof cell === 'number' ? { ms: cell, hasOffset: false, zone: undefined } : cell && parse!(cell)
      if (!reading || Number.isNaN(reading.ms)) return Number.NaN
      hasOffset ??= reading.hasOffset
      if (reading.hasOffset !== hasOffset) countPlace(summary.mixedZones, () => placeOf(i))
      const ms = reading.hasOffset ? reading.ms : toUtc(reading.ms, reading.zone, () => placeOf(i))
      previous = ms
      return ms
    })
}

/** The first time that is none, or outside of 1970 to 2100 unless `anyYear`; -1 when all are times. */
export function firstUnusable(times: Float64Array, anyYear: boolean): number {
  const [from, to] = anyYear ? [-CALENDAR_MS, CALENDAR_MS] : [EARLIEST_MS, LATEST_MS]
  for (let i = 0; i < times.length; i++) if (!(times[i]! >= from && times[i]! <= to)) return i
  return -1
}
