import { normalQuantile } from '../stats/index.js'
import { lowerBound } from './counter.js'

/** Further away a value says no more: one outlier is not a change. */
const FARTHEST = 4

/** What a rank needs of a history. */
export interface Ranked {
  /** `[K]` quantiles at (i + 0.5) / K, ascending. */
  readonly knots: Float64Array
  /** Standard deviation; 0 for a constant history. */
  readonly deviation: number
}

/**
 * Where a value lies in a history, as a value of the standard normal distribution with the same rank: whatever the distribution of the history, its values become normal. Beyond
 * the extremes it continues in standard deviations of the history, up to 4. NaN stays.
 */
export function normalScore({ knots, deviation }: Ranked, value: number): number {
  const count = knots.length
  const scale = deviation > 0 ? deviation : Number.MIN_VALUE
  const end = normalQuantile(0.5 / count)
  if (value < knots[0]) return Math.max(-FARTHEST, end - (knots[0] - value) / scale)
  if (value > knots[count - 1]) return Math.min(FARTHEST, (value - knots[count - 1]) / scale - end)
  const below = lowerBound(knots, value, false)
  const upTo = lowerBound(knots, value, true)
  if (upTo > below) return normalQuantile((below + upTo) / (2 * count))
  const between = (value - knots[below - 1]) / (knots[below] - knots[below - 1])
  return normalQuantile((below - 0.5 + between) / count)
}
