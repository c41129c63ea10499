/**
 * Adjusted p-values of several tests: rejecting those of at most q keeps the expected share of false rejections at q (Benjamini and Hochberg 1995). NaN, a test
 * that was not made, stays NaN and does not count. Cost O(n log n).
 *
 * @param pValues `[n]` in [0, 1]
 * @returns `[n]` in the same order
 * @example
 * import { adjustPValues } from 'telltale/stats'
 * Array.from(adjustPValues([0.01, 0.5, 0.02])) // => [0.03, 0.5, 0.03]
 */
export function adjustPValues(pValues: ArrayLike<number>): Float64Array {
  const adjusted = Float64Array.from(pValues)
  const order = Array.from(adjusted.keys())
    .filter(i => !Number.isNaN(adjusted[i]))
    .sort((a, b) => adjusted[b] - adjusted[a])
  let smallest = 1
  order.forEach((i, k) => {
    smallest = Math.min(smallest, (adjusted[i] * order.length) / (order.length - k))
    adjusted[i] = smallest
  })
  return adjusted
}
