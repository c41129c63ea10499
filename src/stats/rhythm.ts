/** Correlations from which on a peak counts as a rhythm, and below which a series has forgotten itself. */
const LEAST_PEAK = 0.1
const FORGOTTEN = 0.2

/**
 * How many samples a series takes to repeat itself: the lag of the highest peak of the autocorrelation after it has first fallen below 0.2; without a peak above 0.1
 * the lag at which it falls there. NaN is left out. Cost O(N lags).
 *
 * @param longest largest lag that is looked at
 * @returns 1 to `longest`
 * @example
 * import { rhythmOf } from './rhythm.js'
 * rhythmOf(Float64Array.from({ length: 400 }, (_, i) => Math.sin((2 * Math.PI * i) / 25)), 100) // => 25
 */
export function rhythmOf(values: Float64Array, longest: number): number {
  const known = values.filter(value => !Number.isNaN(value))
  const centre = known.reduce((sum, value) => sum + value, 0) / known.length
  const centred = values.map(value => (Number.isNaN(value) ? 0 : value - centre))
  const correlations = Array.from({ length: longest + 1 }, (_, lag) => {
    let sum = 0
    let pairs = 0
    for (let i = lag; i < centred.length; i++) {
      sum += centred[i] * centred[i - lag]
      if (!Number.isNaN(values[i] + values[i - lag])) pairs++
    }
    return pairs === 0 ? 0 : (sum * (centred.length - lag)) / pairs
  })
  const at = (lag: number) => correlations[lag] / correlations[0]
  let forgotten = 1
  while (forgotten < longest && at(forgotten) > FORGOTTEN) forgotten++
  let best = forgotten
  let highest = LEAST_PEAK
  for (let lag = Math.max(2, forgotten); lag < longest; lag++) {
    if (at(lag) <= highest || at(lag) <= at(lag - 1) || at(lag) < at(lag + 1)) continue
    best = lag
    highest = at(lag)
  }
  return best
}
