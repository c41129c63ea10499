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
      // A hair less, so that 0.9 of 9 + 1 is the 9th and not the 10th by a rounding error.
      const rank = Math.min(sorted.length, Math.ceil(q * (sorted.length + 1) - 1e-9))
      return fixedThreshold('threshold:quantile', sorted[rank - 1], { quantile: q, ...counts })
    },
  }
}
