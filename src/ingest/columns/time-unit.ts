/** Epochs are told apart by size: 1e11 s is the year 5138, 1e11 ms is 1973, and so on upwards. */
export const EPOCH_UNITS = [
  { unit: 's', name: 'seconds', below: 1e11, unitMs: 1000, perMs: 1 },
  { unit: 'ms', name: 'milliseconds', below: 1e14, unitMs: 1, perMs: 1 },
  { unit: 'us', name: 'microseconds', below: 1e17, unitMs: 1, perMs: 1e3 },
  { unit: 'ns', name: 'nanoseconds', below: Number.POSITIVE_INFINITY, unitMs: 1, perMs: 1e6 },
] as const

export const TIME_UNITS = EPOCH_UNITS.map(({ unit }) => unit)
export type TimeUnit = (typeof EPOCH_UNITS)[number]['unit']
