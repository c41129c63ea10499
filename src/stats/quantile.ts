/**
 * The values that are not NaN, ascending, as a new array. Cost O(n log n).
 */
export function sortFinite(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) kept[count++] = values[i]
  }
  return kept.subarray(0, count).sort()
}

/**
 * Quantile with linear interpolation between order statistics (Hyndman & Fan 1996, type 7: NumPy's and R's default).
 * NaN is left out; without any value the result is NaN. Cost O(n log n).
 *
 * @param values `[n]`, any order
 * @param q in [0, 1]
 * @example
 * import { quantile } from 'telltale/stats'
 * quantile([4, 1, 3, 2], 0.5) // => 2.5
 * quantile([1, 2, 3, 4], 0.9) // => 3.7
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(sortFinite(values), q)
}

/** Median; NaN is left out, nothing left gives NaN. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

/** Quantile, type 7, of values that are already ascending and without NaN; empty gives NaN. Cost O(1). */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  const weight = position - below
  // The first form keeps Inf - Inf out of the sum when both neighbours are equal.
  return weight === 0 || sorted[below] === sorted[above]
    ? sorted[below]
    : sorted[below] + weight * (sorted[above] - sorted[below])
}
