import type { Threshold } from '../core/contracts.js'
import { quantileOfSorted } from '../stats/index.js'
import { fixedThreshold, usableScores } from './fixed.js'

/**
 * The q-quantile of held-back normal scores: about a share 1 - q of normal samples will be flagged.
 *
 * NaN is left out and counted in the state. Errors: `data-calibration-short`.
 *
 * @param q in (0, 1)
 */
export function quantileThreshold(q: number): Threshold {
  return {
    fit(scores) {
      const { sorted, counts } = usableScores(scores, 'a quantile')
      return fixedThreshold('threshold:quantile', quantileOfSorted(sorted, q), { quantile: q, ...counts })
    },
  }
}
