import { keepFinite, median } from './quantile.js'

/**
 * Median absolute deviation from the median, unscaled (times 1.4826 it estimates the sd of a normal sample).
 * NaN is left out; nothing left gives NaN. Cost O(n) on average. Source: Hampel 1974.
 *
 * @example
 * import { mad } from 'telltale/stats'
 * mad([1, 1, 2, 2, 4, 6, 9]) // => 1
 */
export function mad(values: ArrayLike<number>): number {
  const kept = keepFinite(values)
  const centre = median(kept)
  return median(kept.map(value => Math.abs(value - centre)))
}
