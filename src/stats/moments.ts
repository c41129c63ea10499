/**
 * Arithmetic mean in float64. NaN is left out; nothing left gives NaN. Cost O(n).
 *
 * @example
 * import { mean } from 'telltale/stats'
 * mean([1, 2, Number.NaN, 6]) // => 3
 */
export function mean(values: ArrayLike<number>): number {
  return moments(values).mean
}

/**
 * Population standard deviation (divides by n) by Welford's recurrence (1962): stable for a small spread on a large offset.
 * NaN is left out; nothing left gives NaN. Cost O(n).
 *
 * @example
 * import { standardDeviation } from 'telltale/stats'
 * standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]) // => 2
 */
export function standardDeviation(values: ArrayLike<number>): number {
  const { count, squares } = moments(values)
  return count === 0 ? Number.NaN : Math.sqrt(squares / count)
}

function moments(values: ArrayLike<number>): { count: number; mean: number; squares: number } {
  let count = 0
  let mean = Number.NaN
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) continue
    count++
    if (count === 1) {
      mean = value
      continue
    }
    const delta = value - mean
    mean += delta / count
    squares += delta * (value - mean)
  }
  return { count, mean, squares }
}
