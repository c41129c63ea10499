/**
 * Rank of each value, 1 = smallest; equal values share the mean of their ranks. NaN is not allowed. Cost O(n log n).
 *
 * @param values `[n]`
 * @returns `[n]`
 * @example
 * import { ranks } from 'telltale/stats'
 * Array.from(ranks([10, 30, 20, 20])) // => [1, 4, 2.5, 2.5]
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b])
  const rank = new Float64Array(values.length)
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) end++
    for (let i = start; i < end; i++) rank[order[i]] = (start + 1 + end) / 2
  }
  return rank
}
