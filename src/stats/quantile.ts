import { select } from './select.js'

/**
 * The values that are not NaN, ascending, as a new array. Cost O(n log n).
 */
export function sortFinite(values: ArrayLike<number>): Float64Array {
  return keepFinite(values).sort()
}

/** The values that are not NaN, as a new array. Cost O(n). */
export function keepFinite(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) kept[count++] = values[i]
  }
  return kept.subarray(0, count)
}

/**
 * Quantile with linear interpolation between order statistics (Hyndman & Fan 1996, type 7: NumPy's and R's default).
 * NaN is left out; without any value the result is NaN. Cost O(n) on average.
 *
 * @param values `[n]`, any order
 * @param q in [0, 1]
 * @example
 * import { quantile } from 'telltale/stats'
 * quantile([4, 1, 3, 2], 0.5) // => 2.5
 * quantile([1, 2, 3, 4], 0.9) // => 3.7
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  const kept = keepFinite(values)
  const below = Math.floor(q * (kept.length - 1))
  // The smallest value after the one below is the one above.
  select(kept, below)
  if (below + 1 < kept.length) moveLeastTo(kept, below + 1)
  return quantileOfSorted(kept, q)
}

/** Exchanges the value at a place with the smallest from there on. */
function moveLeastTo(values: Float64Array, place: number): void {
  let least = place
  for (let i = place + 1; i < values.length; i++) if (values[i] < values[least]) least = i
  const value = values[place]
  values[place] = values[least]
  values[least] = value
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
