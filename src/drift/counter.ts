/** How the readings of one channel lie among the knots of a reference, in memory that depends only on the number of knots. */
export interface DriftCounts {
  readonly samples: number
  readonly missing: number
  /** Runs of missing samples. */
  readonly missingRuns: number
  readonly mean: number
  /** Standard deviation; NaN with fewer than two readings. */
  readonly deviation: number
  /** Sums of the distances below the first knot and above the last. */
  readonly below: number
  readonly above: number
  /** Readings below the first knot and above the last. */
  readonly outside: readonly [below: number, above: number]
  /** `[K]` share of the readings below each knot, plus half of the share at it. */
  readonly cdf: Float64Array
}

/** Which readings of an array are those of a channel, and what is taken from each. */
export interface Readings {
  readonly values: Float64Array | Float32Array
  readonly start?: number
  readonly stride?: number
  readonly count?: number
  /** Taken from the reading number i. */
  readonly offset?: (i: number) => number
}

/** Counts readings as they come, in any number of parts. */
export interface DriftCounter {
  /** NaN and infinite readings are missing. Cost O(count log K). */
  add(readings: Readings): void
  counts(): DriftCounts
}

/** @param knots `[K]` ascending */
export function createCounter(knots: Float64Array): DriftCounter {
  const k = knots.length
  const first = new Float64Array(k + 1)
  const last = new Float64Array(k + 1)
  const outside: [number, number] = [0, 0]
  let [samples, missing, missingRuns, isGap] = [0, 0, 0, false]
  let [known, mean, squares, below, above] = [0, 0, 0, 0, 0]
  function addReading(value: number): void {
    isGap = false
    const distance = value - mean
    mean += distance / ++known
    squares += distance * (value - mean)
    if (value < knots[0]) {
      below += knots[0] - value
      outside[0]++
    } else if (value > knots[k - 1]) {
      above += value - knots[k - 1]
      outside[1]++
    }
    const under = lowerBound(knots, value, false)
    first[under]++
    last[knots[under] === value ? lowerBound(knots, value, true) : under]++
  }
  return {
    add({ values, start = 0, stride = 1, count = values.length, offset }) {
      samples += count
      for (let i = 0; i < count; i++) {
        const value = values[start + i * stride]
        if (Number.isFinite(value)) addReading(offset === undefined ? value : value - offset(i))
        else {
          missing++
          if (!isGap) missingRuns++
          isGap = true
        }
      }
    },
    counts: () => ({
      samples,
      missing,
      missingRuns,
      mean: known === 0 ? Number.NaN : mean,
      deviation: known < 2 ? Number.NaN : Math.sqrt(squares / (known - 1)),
      below,
      above,
      outside,
      cdf: shares(first, last, known),
    }),
  }
}

/** Counts readings at once. Cost O(count log K). */
export function countReadings(knots: Float64Array, readings: Readings): DriftCounts {
  const counter = createCounter(knots)
  counter.add(readings)
  return counter.counts()
}

/** @param first readings by the number of knots below them @param last by that of knots below or at them */
function shares(first: Float64Array, last: Float64Array, known: number): Float64Array {
  const cdf = new Float64Array(first.length - 1)
  for (let j = 0, atOrBelow = 0, under = 0; j < cdf.length; j++) {
    atOrBelow += first[j]
    under += last[j]
    cdf[j] = (atOrBelow + under) / (2 * known)
  }
  return cdf
}

/** Number of knots below a value, or at most it. */
export function lowerBound(knots: Float64Array, value: number, inclusive: boolean): number {
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
