/** Ratios between units that are often mixed up. */
const UNITS: readonly (readonly [factor: number, meaning: string])[] = [
  [1000, 'a prefix such as milli or kilo'],
  [100, 'percent against a share, or bar against kilopascal'],
  [60, 'minutes against seconds'],
  [3600, 'hours against seconds'],
  [3.6, 'km/h against m/s'],
  [14.5, 'psi against bar'],
  [6.895, 'kilopascal against psi'],
  [10, 'a shifted decimal point'],
  [1e6, 'a prefix such as micro or mega'],
]
const NEAR = 0.05

/** The likely meaning of a ratio of readings, as the end of a sentence; empty when there is none. */
export function unitHint(factor: number): string {
  const size = factor < 1 ? 1 / factor : factor
  const unit = UNITS.find(([known]) => Math.abs(size / known - 1) < NEAR)
  return unit ? ` (${unit[1]}?)` : ''
}
