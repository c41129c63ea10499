/**
 * Rearranges values so that the one at a place is the one that sorting would put there: none before it is larger, none after it is smaller. Cost O(n) on average.
 *
 * @param values without NaN; rearranged in place
 * @param place in [0, n)
 * Source: Hoare, Algorithm 65: Find, Communications of the ACM 4 (1961), with the median of three as pivot.
 * @example
 * import { select } from './select.js'
 * const values = Float64Array.of(5, 1, 4, 2, 3)
 * select(values, 2)
 * values[2] // => 3
 */
export function select(values: Float64Array, place: number): void {
  let [low, high] = [0, values.length - 1]
  while (low < high) {
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high])
    let [i, j] = [low, high]
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i > j) break
      const value = values[i]
      values[i++] = values[j]
      values[j--] = value
    }
    if (place <= j) high = j
    else if (place >= i) low = i
    else return
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
