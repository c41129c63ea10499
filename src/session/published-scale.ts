import { severity } from '../events/index.js'
import { pValueScale } from '../threshold/index.js'

/** Published scores and residuals go no further: a perfect history has a level next to 0. */
const LARGEST = 1e9

/** A raw score or residual in units of a level; NaN stays. */
export function published(raw: number, level: number): number {
  const value = raw / level
  return Math.min(value, LARGEST)
}

/** What is published of samples beside their score, `[N]`; NaN where there is no score. */
export interface PublishedColumns {
  /** Share of healthy scores that are at least as high, never below 1 / (n + 1). */
  readonly pValue: Float32Array
  /** 0 to 100, 0 up to the threshold. */
  readonly severity: Float32Array
}

/** The published scale of a model at a level: score 1.0 = threshold, p-value, severity. */
export interface PublishedScale {
  columns(score: Float32Array): PublishedColumns
  /** The p-value of a score, single precision as in `columns`. */
  pValue(score: number): number
}

/**
 * P-values of scores by the calibration scores at the same level: both are divided by it in single precision, so that equal scores stay equal.
 *
 * @param calibration raw scores of held-back normal data; NaN is left out
 */
export function publishedScale(calibration: Float32Array, level: number): PublishedScale {
  const scale = pValueScale(calibration.map(score => published(score, level)))
  return {
    pValue: score => Math.fround(scale(score)),
    columns: score => ({ pValue: score.map(scale), severity: score.map(value => severity(value)) }),
  }
}
