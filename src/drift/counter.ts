/** How the readings of one channel lie among the knots of a reference, in memory that depends only on the number of knots. */
export interface DriftCounts {
  readonly samples: number
  readonly missing: number
  /** Runs of missing samples. */
  readonly missingRuns: number
  readonly sum: number
  /** Sums of the distances below the first knot and above the last. */
  readonly below: number
  readonly above: number
  /** Readings below the first knot and above the last. */
  readonly outside: readonly [below: number, above: number]
  /** `[K]` share of the readings below each knot, plus half of the share at it. */
  readonly cdf: Float64Array
}

/**
 * Counts `count` readings of a channel from `start` on, `stride` apart; NaN and infinite readings are missing. Cost O(count log K).
 *
 * @param knots `[K]` ascending
 */
export function countReadings(
  knots: Float64Array,
  values: Float64Array | Float32Array,
  { start = 0, stride = 1, count = values.length }: { start?: number; stride?: number; count?: number } = {},
): DriftCounts {
  const k = knots.length
  const first = new Float64Array(k + 1)
  const last = new Float64Array(k + 1)
  const outside: [number, number] = [0, 0]
  let [missing, missingRuns, sum, below, above, isGap] = [0, 0, 0, 0, 0, false]
  for (let i = 0; i < count; i++) {
    const value = values[start + i * stride]
    if (!Number.isFinite(value)) {
      missing++
      if (!isGap) missingRuns++
      isGap = true
      continue
    }
    isGap = false
    sum += value
    if (value < knots[0]) {
      below += knots[0] - value
      outside[0]++
    } else if (value > knots[k - 1]) {
      above += value - knots[k - 1]
      outside[1]++
    }
    first[lowerBound(knots, value, false)]++
    last[lowerBound(knots, value, true)]++
  }
  const cdf = new Float64Array(k)
  const known = count - missing
  for (let j = 0, atOrBelow = 0, under = 0; j < k; j++) {
    // `first` counts the knots below a reading, `last` those at most it.
    atOrBelow += first[j]
    under += last[j]
    cdf[j] = (atOrBelow + under) / (2 * known)
  }
  return { samples: count, missing, missingRuns, sum, below, above, outside, cdf }
}

/** Number of knots below a value, or at most it. */
function lowerBound(knots: Float64Array, value: number, inclusive: boolean): number {
  let low = 0
  let high = knots.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (knots[middle] < value || (inclusive && knots[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}

/** The largest distance between two distributions at the knots. */
export function largestDistance(a: Float64Array, b: Float64Array): number {
  let largest = 0
  for (let j = 0; j < a.length; j++) largest = Math.max(largest, Math.abs(a[j] - b[j]))
  return largest
}
