import { sortFinite } from '../stats/index.js'

/** The score grows with this power of what is above its limit: one channel may be off by thousands of limits and is no worse than a fault. */
export const GROWTH = 1 / 4

/** A limit for each channel, for one alignment: a sample with a channel above its limit has at least the score `level`. */
export interface LimitRule {
  /** `[C]` above 0; NaN for channels without the rule. */
  readonly limits: Float64Array
  /** The score that a sample then has at least: the highest of normal samples. */
  readonly level: number
}

/** @param scores of normal samples that the members have not learnt from @returns the level of a `LimitRule` */
export function highestScore(scores: Float32Array): number {
  return sortFinite(Float64Array.from(scores)).at(-1) ?? 0
}

/**
 * The score that a sample is raised to; 0 when no channel is above its limit.
 *
 * @param values of the channels, from `at` on
 * @param above `[C]` takes the value of each channel that is, in limits; 0 for the others
 */
export function raisedBy(
  values: ArrayLike<number>,
  at: number,
  { limits, level }: LimitRule,
  above: Float64Array,
): number {
  let largest = 0
  for (let c = 0; c < limits.length; c++) {
    const value = values[at + c]
    above[c] = value > limits[c] ? Math.min(value / limits[c], Number.MAX_SAFE_INTEGER) : 0
    if (above[c] > largest) largest = above[c]
  }
  return largest > 0 ? level * largest ** GROWTH : 0
}
