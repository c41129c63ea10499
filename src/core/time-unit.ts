import { DAY_MS, HOUR_MS, MINUTE_MS } from './milliseconds.js'
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
    unitMs: DAY_MS,
    perMs: 1,
    zero: 25_569,
  },
  {
    unit: 'filetime',
    name: 'steps of 100 ns since 1601-01-01 (Windows file time)',
    below: 0,
    unitMs: 1,
    perMs: 1e4,
    zero: 116_444_736_000_000_000,
  },
  {
    unit: 'ticks',
    name: 'steps of 100 ns since the year 1 (.NET ticks)',
    below: 0,
    unitMs: 1,
    perMs: 1e4,
    zero: 621_355_968_000_000_000,
  },
  {
    unit: 'datenum',
    name: 'days since the year 0 (datenum of MATLAB)',
    below: 0,
    unitMs: DAY_MS,
    perMs: 1,
    zero: 719_529,
  },
  { unit: 'julian', name: 'Julian days', below: 0, unitMs: DAY_MS, perMs: 1, zero: 2_440_587.5 },
  {
    unit: 'labview',
    name: 'seconds since 1904-01-01 (LabVIEW)',
    below: 0,
    unitMs: 1000,
    perMs: 1,
    zero: 2_082_844_800,
  },
  {
    unit: 'ntp',
    name: 'seconds since 1900-01-01 (NTP)',
    below: 0,
    unitMs: 1000,
    perMs: 1,
    zero: 2_208_988_800,
  },
  { unit: 'min', name: 'minutes since 1970-01-01', below: 0, unitMs: MINUTE_MS, perMs: 1, zero: 0 },
  { unit: 'h', name: 'hours since 1970-01-01', below: 0, unitMs: HOUR_MS, perMs: 1, zero: 0 },
  {
    unit: 'apple',
    name: 'seconds since 2001-01-01 (Apple)',
    below: 0,
    unitMs: 1000,
    perMs: 1,
    zero: -978_307_200,
  },
  // 18 leap seconds, since 2017.
  {
    unit: 'gps',
    name: 'seconds since 1980-01-06 (GPS)',
    below: 0,
    unitMs: 1000,
    perMs: 1,
    zero: -315_964_782,
  },
  { unit: 'mjd', name: 'modified Julian days', below: 0, unitMs: DAY_MS, perMs: 1, zero: 40_587 },
] as const

export const TIME_UNITS = EPOCH_UNITS.map(({ unit }) => unit)
export type TimeUnit = (typeof EPOCH_UNITS)[number]['unit']

/** The unit of an epoch by its size: what is 1995 to 2060 in steps of 100 ns is not taken for nanoseconds of 1973 to 1990. */
export function epochUnitOf(epoch: number): TimeUnit {
  for (const unit of ['filetime', 'ticks'] as const) {
    const ms = epochMs(epoch, unit)
    if (ms > FINE_MS[0] && ms < FINE_MS[1]) return unit
  }
  return EPOCH_UNITS.find(({ below }) => Math.abs(epoch) < below)!.unit
}

/** 1995 to 2060. */
const FINE_MS = [788_918_400_000, 2_840_140_800_000] as const

/** Ms since the epoch of a number in a unit; days are rounded to whole ms, which they cannot hold exactly. */
export function epochMs(epoch: number, unit: TimeUnit): number {
  return inMs(EPOCH_UNITS.find(one => one.unit === unit)!)(epoch)
}

/** Turns numbers of a unit into ms since the epoch. */
export function inMs({ unitMs, perMs, zero }: (typeof EPOCH_UNITS)[number]): (epoch: number) => number {
  if (unitMs > 1000) return epoch => Math.round((epoch - zero) * unitMs)
  // No rounding besides that of the division: one of both is 1.
  return epoch => ((epoch - zero) * unitMs) / perMs
}
