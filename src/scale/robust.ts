import { quantile, standardDeviation } from '../stats/index.js'
import { affineScaler } from './affine.js'

/** Interquartile range of the standard normal distribution: makes the spread comparable to a standard deviation. */
const NORMAL_IQR = 1.3489795003921634

/**
 * Median 0; interquartile range / 1.349 becomes 1. A quarter of the readings may be arbitrary without a large effect.
 * A channel whose quartiles coincide although it moves falls back to its standard deviation.
 */
export const robustScaler = affineScaler('scaler:robust', values => {
  const iqr = quantile(values, 0.75) - quantile(values, 0.25)
  return { offset: quantile(values, 0.5), spread: iqr > 0 ? iqr / NORMAL_IQR : standardDeviation(values) }
})
