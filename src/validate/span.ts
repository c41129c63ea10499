import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/milliseconds.js'

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['min', MINUTE_MS],
  ['s', 1000],
  ['ms', 1],
] as const

/** Days of a month, a quarter and a year, at least and at most. */
const CALENDAR = [
  [28, 31],
  [90, 92],
  [365, 366],
] as const

/** Whether steps are those of months, quarters or years, which differ in their days. */
export function isCalendarStep(cadenceMs: number, largestJitterMs: number): boolean {
  return CALENDAR.some(
    ([least, most]) =>
      cadenceMs >= least * DAY_MS && cadenceMs <= most * DAY_MS && largestJitterMs <= (most - least) * DAY_MS,
  )
}

/** An interval of time in its largest unit of which it holds at least one: exact enough for a cadence. */
export function span(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => Math.abs(ms) >= unit) ?? UNITS[4]
  return `${Number((ms / size).toPrecision(4))} ${name}`
}
