/** Lowest and highest value of consecutive groups of samples; NaN in both where a group has none. */
export interface Envelope {
  readonly low: Float32Array
  readonly high: Float32Array
}

/**
 * Envelopes of a series, each of groups twice as long as those of the one before: the first is the series as given. A peak of one sample is in all of
 * them. Memory: twice the series. Cost O(n).
 */
export function buildPyramid(bottom: Envelope): readonly Envelope[] {
  const levels = [bottom]
  for (let below = bottom; below.low.length > 1; below = levels[levels.length - 1]) {
    const length = Math.ceil(below.low.length / 2)
    const low = new Float32Array(length)
    const high = new Float32Array(length)
    for (let i = 0; i < length; i++) {
      const [a, b] = [2 * i, Math.min(2 * i + 1, below.low.length - 1)]
      // Comparisons that are false for NaN keep the other one.
      low[i] = below.low[b] < below.low[a] || Number.isNaN(below.low[a]) ? below.low[b] : below.low[a]
      high[i] = below.high[b] > below.high[a] || Number.isNaN(below.high[a]) ? below.high[b] : below.high[a]
    }
    levels.push({ low, high })
  }
  return levels
}

/** The groups of one level that a range of time shows. */
export interface View {
  readonly level: number
  /** Half-open range of groups, one more on each side than the range holds, so that lines run to the edges. */
  readonly first: number
  readonly last: number
}

/**
 * Chooses the level at which a range of time shows at most `columns` groups, and the groups of it. Groups keep their borders while the range moves.
 *
 * @param times `[n]` ascending, of the first level
 */
export function viewOf(times: Float64Array, from: number, to: number, columns: number): View {
  const start = Math.max(0, upperBound(times, from) - 1)
  const end = Math.min(times.length, upperBound(times, to) + 1)
  const level = Math.max(0, Math.ceil(Math.log2(Math.max(1, end - start) / Math.max(1, columns))))
  const size = 2 ** level
  const count = Math.ceil(times.length / size)
  return {
    level,
    first: Math.max(0, Math.floor(start / size) - 1),
    last: Math.min(count, Math.ceil(end / size) + 1),
  }
}

/** Number of values at or below `value` in ascending ones. */
export function upperBound(values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}
