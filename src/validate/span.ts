const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

const DAY_MS = 86_400_000
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
