import type { Threshold } from '../core/contracts.js'
import { mean, standardDeviation } from '../stats/index.js'
import { fixedThreshold, usableScores } from './fixed.js'

/**
 * Mean + k standard deviations (population) of held-back normal scores.
 *
 * NaN is left out and counted in the state. Errors: `data-calibration-short`.
 *
 * @param factor k > 0
 */
export function sigmaThreshold(factor: number): Threshold {
  return {
    fit(scores) {
      const { sorted, counts } = usableScores(scores, 'mean + k sd')
      const level = mean(sorted) + factor * standardDeviation(sorted)
      return fixedThreshold('threshold:sigma', level, { factor, ...counts })
    },
  }
}
