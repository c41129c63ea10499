import { createError } from '../core/errors.js'
import { DAY_MS, HOUR_MS } from '../core/milliseconds.js'

/** Longest first. A month is a twelfth of a year, a year 365.25 days. */
const UNITS = [
  { name: 'year', short: 'y', ms: 365.25 * DAY_MS },
  { name: 'month', short: 'mo', ms: (365.25 / 12) * DAY_MS },
  { name: 'week', short: 'w', ms: 7 * DAY_MS },
  { name: 'day', short: 'd', ms: DAY_MS },
  { name: 'hour', short: 'h', ms: HOUR_MS },
] as const

/**
 * Parses a rate of alarms into alarms per day: `1/day`, `2/week`, `0.5/month`, `1/30d`.
 *
 * Units: hour, day, week, month (a twelfth of a year), year, or h, d, w, mo, y; a number before the unit multiplies the period.
 *
 * @throws OptionError `option-invalid`
 * @example
 * import { parseAlarmRate } from './alarm-rate.js'
 * parseAlarmRate('2/day') // => 2
 * parseAlarmRate('1/4d') // => 0.25
 */
export function parseAlarmRate(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)?\s*([a-z]+)\s*$/i.exec(text)
  const word = match?.[3].toLowerCase().replace(/(.{3,})s$/, '$1')
  const unit = UNITS.find(({ name, short }) => word === name || word === short)
  const perDay = match && unit ? (Number(match[1]) * DAY_MS) / (Number(match[2] ?? 1) * unit.ms) : Number.NaN
  if (perDay > 0 && Number.isFinite(perDay)) return perDay
  throw createError('option-invalid', {
    name: '--false-alarms',
    got: JSON.stringify(text),
    where: 'the options',
    wanted: 'it must be alarms per time, such as 1/day, 2/week, 0.5/month or 1/30d',
  })
}

/**
 * Alarms per day in the shortest unit in which there is at least one, to two digits: the inverse of `parseAlarmRate`.
 *
 * @param like another rate, alarms per day, whose unit is used; default: its own
 * @example
 * import { formatAlarmRate } from './alarm-rate.js'
 * formatAlarmRate(1 / 7) // => '1/week'
 * formatAlarmRate(0) // => '0/year'
 * formatAlarmRate(3, 1 / 7) // => '21/week'
 */
export function formatAlarmRate(perDay: number, like = perDay): string {
  const per = (ms: number, rate = perDay) => (rate * ms) / DAY_MS
  // A little slack, so that one a week is not 4.3 a month by a rounding error.
  const unit = UNITS.findLast(({ ms }) => per(ms, like) > 0.995) ?? UNITS[0]
  return `${Number(per(unit.ms).toPrecision(2))}/${unit.name}`
}
