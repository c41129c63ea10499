import { fitGeneralisedPareto, paretoSurvival, quantileOfSorted } from '../stats/index.js'
import { countBelow } from './conformal.js'
import { usableScores } from './fixed.js'

/** Above this quantile the tail is fitted, not counted, when it has enough scores. */
const TAIL = 0.98
const FEWEST_EXCESSES = 30

/**
 * The probability that a normal sample scores at least this high: counted among the calibration scores,
 * (1 + scores at least as high) / (n + 1), and beyond their 98 % quantile by a generalised Pareto tail, so that it goes on falling
 * past the largest of them. Falls as the score rises. It is about one sample; neighbours share most of their window.
 *
 * @param calibration `[n]` raw scores of held-back normal data; NaN is left out
 * @returns p-value in (0, 1] of a raw score; NaN for NaN. Cost O(n log n) once, then O(log n)
 * @throws DataError `data-calibration-short`
 * @example
 * import { pValueScale } from 'telltale'
 * pValueScale([1, 2, 3, 4])(3) // => 0.6
 */
export function pValueScale(calibration: ArrayLike<number>): (score: number) => number {
  const { sorted } = usableScores(calibration, 'a p-value')
  const n = sorted.length
  const base = quantileOfSorted(sorted, TAIL)
  const counted = (score: number) => (1 + n - countBelow(sorted, score)) / (n + 1)
  const excesses = Array.from(sorted.subarray(countBelow(sorted, base)), score => score - base)
  if (excesses.length < FEWEST_EXCESSES || !(excesses[excesses.length - 1] > 0))
    return score => (Number.isNaN(score) ? Number.NaN : counted(score))
  const tail = fitGeneralisedPareto(excesses)
  const atBase = counted(base)
  return score => {
    if (Number.isNaN(score)) return Number.NaN
    // A bounded tail ends; no p-value is 0.
    return score < base
      ? counted(score)
      : Math.max(Number.MIN_VALUE, atBase * paretoSurvival(tail, score - base))
  }
}
