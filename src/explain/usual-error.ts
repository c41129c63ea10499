import { mad, quantile } from '../stats/index.js'

/** Usual errors from the expected reading to the edge of the band. */
export const BAND = 4

/** Standard deviation of the errors by the larger of two robust estimates, about 0; never 0. Errors are changed. */
export function robustError(errors: Float64Array, level: number): number {
  let count = 0
  for (let k = 0; k < errors.length; k++) {
    const size = Math.abs(errors[k])
    if (size < Number.POSITIVE_INFINITY) errors[count++] = size
  }
  const sizes = errors.subarray(0, count)
  const error = count > 0 ? Math.max(1.4826 * mad(sizes), quantile(sizes, 0.9) / 1.645) : 0
  return Math.max(error, 1e-6 * Math.max(1e-6, Math.abs(level)))
}
