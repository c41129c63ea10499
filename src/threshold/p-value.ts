import { countBelow } from './conformal.js'
import { usableScores } from './fixed.js'

/**
 * The conformal p-value of a score: the share of calibration scores that are at least as high, (1 + their number) / (n + 1).
 *
 * If a sample is normal its p-value is at most p with probability at most p, whatever the distribution of the scores. It is never below
 * 1 / (n + 1): n scores carry no more information, and no tail is extrapolated. It is about one sample; neighbours share most of their window.
 * Source: Vovk, Gammerman and Shafer 2005.
 *
 * @param calibration `[n]` scores of held-back normal data; NaN is left out
 * @returns p-value in (0, 1] of a score; NaN for NaN. Cost O(n log n) once, then O(log n)
 * @throws DataError `data-calibration-short`
 * @example
 * import { pValueScale } from './p-value.js'
 * pValueScale([1, 2, 3, 4])(3) // => 0.6
 */
export function pValueScale(calibration: ArrayLike<number>): (score: number) => number {
  const { sorted } = usableScores(calibration, 'a p-value')
  const n = sorted.length
  return score => (Number.isNaN(score) ? Number.NaN : (1 + n - countBelow(sorted, score)) / (n + 1))
}
