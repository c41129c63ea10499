/**
 * Numbers by value, largest first; equal ones in their order.
 *
 * @example
 * import { descending } from './descending.js'
 * descending([1, 3, 2, 3]) // => [1, 3, 2, 0]
 */
export function descending(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, c) => c).sort((a, b) => values[b] - values[a] || a - b)
}
