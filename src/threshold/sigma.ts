import type { Threshold } from '../core/contracts.js'
import { mean, standardDeviation } from '../stats/index.js'
import { fixedThreshold } from './fixed.js'

/**
 * Mean + k standard deviations (population) of held-back normal scores.
 *
 * @param factor k > 0
 */
export function sigmaThreshold(factor: number): Threshold {
  return {
    fit: scores =>
      fixedThreshold('threshold:sigma', mean(scores) + factor * standardDeviation(scores), { factor }),
  }
}
