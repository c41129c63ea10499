import { normalScore, type Ranked } from './normal-score.js'

/** Readings and blocks that an estimate needs. */
const FEWEST_READINGS = 100
const FEWEST_BLOCKS = 20
/** What a block still misses of a correlation that is long against it, as a multiple of the share that an independent sample is of the block; and the most that is made up for. */
const MISSED = 0.75
const MOST_MISSED = 0.6

/**
 * Samples of a series that say as much about its mean as one independent sample, at least 1: how much the means of blocks vary, against single samples. All blocks of twice the length each are
 * tried; the largest counts, with one standard error on top. NaN with fewer than 100 readings. Missing readings are left out. Cost O(N log K).
 */
export function meanEffect(own: Ranked, values: Float64Array): number {
  const sums = [0]
  for (const value of values)
    if (Number.isFinite(value)) sums.push(sums[sums.length - 1] + normalScore(own, value))
  const known = sums.length - 1
  if (known < FEWEST_READINGS) return Number.NaN
  let largest = 1
  for (let length = 1; known / length >= FEWEST_BLOCKS; length *= 2) {
    const blocks = Math.floor(known / length)
    let squares = 0
    for (let b = 0; b < blocks; b++) squares += ((sums[(b + 1) * length] - sums[b * length]) / length) ** 2
    const effect = (length * squares) / blocks
    const missed = Math.min(MOST_MISSED, (MISSED * (effect - 1)) / length)
    // Single samples have no longer block to be compared with: their variance is that of the history.
    const estimate = length === 1 ? 1 : effect / (1 - missed)
    largest = Math.max(largest, estimate * (1 + Math.sqrt(2 / blocks)))
  }
  return largest
}
