import type { Threshold } from '../core/contracts.js'
import { quantile } from '../stats/index.js'
import { fixedThreshold } from './fixed.js'

/**
 * The q-quantile of held-back normal scores: about a share 1 - q of normal samples will be flagged.
 *
 * @param q in (0, 1)
 */
export function quantileThreshold(q: number): Threshold {
  return { fit: scores => fixedThreshold('threshold:quantile', quantile(scores, q), { quantile: q }) }
}
