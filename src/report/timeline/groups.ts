import type { Interval } from '../../core/frame.js'

/**
 * Cuts a series into at most `most` groups of consecutive samples: one sample each in the intervals to be seen exactly, as far as they fit into half of the
 * groups, and equally long ones elsewhere.
 *
 * @param n samples
 * @param exact intervals, the most important first
 * @returns first sample of each group, and `n` at the end
 */
export function groupSamples(n: number, most: number, exact: readonly Interval[]): Int32Array {
  if (n <= most) return Int32Array.from({ length: n + 1 }, (_, i) => i)
  const isExact = new Uint8Array(n)
  let count = 0
  for (const { start, end } of exact) {
    if (count + end - start > most / 2) continue
    for (let i = Math.max(0, start); i < Math.min(n, end); i++) {
      count += 1 - isExact[i]
      isExact[i] = 1
    }
  }
  // Each exact interval may cut one group into two.
  const left = Math.max(1, most - count - exact.length - 1)
  const length = Math.ceil((n - count) / left)
  const starts: number[] = []
  let fill = length
  for (let i = 0; i < n; i++) {
    if (isExact[i] === 1 || fill >= length || (i > 0 && isExact[i - 1] === 1)) {
      starts.push(i)
      fill = 0
    }
    fill++
  }
  starts.push(n)
  return Int32Array.from(starts)
}

/** Lowest and highest finite value of each group; NaN where it has none. Cost O(n). */
export function groupExtremes(
  starts: Int32Array,
  at: (sample: number) => number,
): { low: Float32Array; high: Float32Array } {
  const low = new Float32Array(starts.length - 1).fill(Number.NaN)
  const high = new Float32Array(starts.length - 1).fill(Number.NaN)
  for (let k = 0; k < low.length; k++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let i = starts[k]; i < starts[k + 1]; i++) {
      const value = at(i)
      if (!Number.isFinite(value)) continue
      if (value < least) least = value
      if (value > most) most = value
    }
    if (least > most) continue
    low[k] = least
    high[k] = most
  }
  return { low, high }
}

/** Mean of the finite values of each group; NaN where it has none. Cost O(n). */
export function groupMeans(starts: Int32Array, at: (sample: number) => number): Float32Array {
  return Float32Array.from({ length: starts.length - 1 }, (_, k) => {
    let [sum, count] = [0, 0]
    for (let i = starts[k]; i < starts[k + 1]; i++) {
      const value = at(i)
      if (!Number.isFinite(value)) continue
      sum += value
      count++
    }
    return count > 0 ? sum / count : Number.NaN
  })
}
