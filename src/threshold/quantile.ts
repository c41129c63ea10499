import type { Threshold } from '../core/contracts.js'
import { fixedThreshold, usableScores } from './fixed.js'

/**
 * The ceil(q (n + 1))-th of n held-back normal scores, at most the largest: at most a share 1 - q of new normal samples is expected above it when
 * samples are exchangeable and n >= 1 / (1 - q) - 1; of fewer scores the largest, which a share 1 / (n + 1) exceeds.
 *
 * NaN is left out and counted in the state. Errors: `data-calibration-short`.
 *
 * @param q in (0, 1)
 */
export function quantileThreshold(q: number): Threshold {
  return {
    fit(scores) {
      const { sorted, counts } = usableScores(scores, 'a quantile')
      return fixedThreshold('threshold:quantile', rankedScore(sorted, q), { quantile: q, ...counts })
    },
  }
}

/** The ceil(q (n + 1))-th of n ascending scores, at most the largest. */
export function rankedScore(sorted: Float64Array, q: number): number {
  // A hair less, so that 0.9 of 9 + 1 is the 9th and not the 10th by a rounding error.
  const rank = Math.ceil(q * (sorted.length + 1) - 1e-9)
  return sorted[Math.min(sorted.length, rank) - 1]
}
