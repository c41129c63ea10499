const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** An interval of time in its largest unit of which it holds at least one: exact enough for a cadence. */
export function span(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => Math.abs(ms) >= unit) ?? UNITS[4]
  return `${Number((ms / size).toPrecision(4))} ${name}`
}
