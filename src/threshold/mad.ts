import type { Threshold } from '../core/contracts.js'
import { mad, mean, quantileOfSorted } from '../stats/index.js'
import { fixedThreshold, usableScores } from './fixed.js'

/** Factors from the median and the mean absolute deviation to the standard deviation, for a normal distribution. */
const MEDIAN_TO_SD = 1.4826
const MEAN_TO_SD = 1.2533

/**
 * Median + k 1.4826 MAD of held-back scores: unlike mean + k sd it is robust when part of the history was not normal.
 *
 * When more than half of the scores are equal (MAD 0) the mean absolute deviation takes the place of the median one
 * (Iglewicz and Hoaglin 1993). NaN is left out and counted in the state. Errors: `data-calibration-short`.
 *
 * @param factor k > 0, in standard deviations of a normal sample
 * @example
 * import { madThreshold } from './mad.js'
 * madThreshold(1).fit(Float32Array.of(1, 2, 3, 4, 5)).level // => 4.4826
 */
export function madThreshold(factor: number): Threshold {
  return {
    fit(scores) {
      const { sorted, counts } = usableScores(scores, 'median + k MAD')
      const centre = quantileOfSorted(sorted, 0.5)
      const spread =
        MEDIAN_TO_SD * mad(sorted) || MEAN_TO_SD * mean(sorted.map(score => Math.abs(score - centre)))
      return fixedThreshold('threshold:mad', centre + factor * spread, { factor, ...counts })
    },
  }
}
