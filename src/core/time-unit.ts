/** The size of an epoch shows its unit: 1e11 s is the year 5138, 1e11 ms is 1973, and so on upwards. Days are those of spreadsheets, since 1899-12-30. */
export const EPOCH_UNITS = [
  { unit: 's', name: 'seconds since 1970-01-01', below: 1e11, unitMs: 1000, perMs: 1, zero: 0 },
  { unit: 'ms', name: 'milliseconds since 1970-01-01', below: 1e14, unitMs: 1, perMs: 1, zero: 0 },
  { unit: 'us', name: 'microseconds since 1970-01-01', below: 1e17, unitMs: 1, perMs: 1e3, zero: 0 },
  {
    unit: 'ns',
    name: 'nanoseconds since 1970-01-01',
    below: Number.POSITIVE_INFINITY,
    unitMs: 1,
    perMs: 1e6,
    zero: 0,
  },
  {
    unit: 'days',
    name: 'days of a spreadsheet since 1899-12-30',
    below: 0,
    unitMs: 86_400_000,
    perMs: 1,
    zero: 25_569,
  },
] as const

export const TIME_UNITS = EPOCH_UNITS.map(({ unit }) => unit)
export type TimeUnit = (typeof EPOCH_UNITS)[number]['unit']

/** The unit of an epoch by its size. */
export function epochUnitOf(epoch: number): TimeUnit {
  return EPOCH_UNITS.find(({ below }) => Math.abs(epoch) < below)!.unit
}

/** Ms since the epoch of a number in a unit; days are rounded to whole ms, which they cannot hold exactly. */
export function epochMs(epoch: number, unit: TimeUnit): number {
  const { unitMs, perMs, zero } = EPOCH_UNITS.find(one => one.unit === unit)!
  // No rounding besides that of the division: one of both is 1.
  return unit === 'days' ? Math.round((epoch - zero) * unitMs) : (epoch * unitMs) / perMs
}
