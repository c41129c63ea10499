/** Steps of one power of ten: 1.00, 1.05, ... 9.95. */
const STEPS = 180
/** Steps of a unit. */
const PER_UNIT = 20
const LEAST_DECADE = -7
/** Upper bounds of the buckets that are printed, seconds: 1, 2 and 5 of each power of ten. Each is a border of the steps, so that counts are exact. */
export const BUCKET_BOUNDS: readonly number[] = Array.from({ length: 8 }, (_, d) =>
  [1, 2, 5].map(m => Number(`${m}e${d - 5}`)),
).flat()

/** What a histogram knows of the values that it took. */
export interface HistogramSummary {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Quantiles, within 5 % of the value. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Values at or below each of `BUCKET_BOUNDS`. */
  readonly buckets: readonly number[]
}

/**
 * A histogram of positive values with 180 steps for each power of ten, in memory that depends on their range alone. NaN and infinite values are not taken; values
 * below 1e-7 count as that. Cost O(1) for each value.
 *
 * @example
 * import { createHistogram } from './histogram.js'
 * const durations = createHistogram()
 * for (let i = 1; i <= 100; i++) durations.record(i / 100)
 * durations.summary().p50 // => 0.5
 */
export function createHistogram() {
  const steps = new Map<number, number>()
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0]
  return {
    record(value: number): void {
      if (!Number.isFinite(value)) return
      const step = stepOf(value)
      steps.set(step, (steps.get(step) ?? 0) + 1)
      count++
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    },
    summary(): HistogramSummary {
      const sorted = [...steps].sort(([a], [b]) => a - b)
      const at = (share: number) => Math.min(max, Math.max(min, quantileOf(sorted, share * count)))
      return {
        count,
        sum,
        min: count === 0 ? 0 : min,
        max,
        p50: count === 0 ? 0 : at(0.5),
        p95: count === 0 ? 0 : at(0.95),
        p99: count === 0 ? 0 : at(0.99),
        buckets: BUCKET_BOUNDS.map(bound => {
          const last = stepOf(bound)
          return sorted.reduce((total, [step, n]) => total + (step <= last ? n : 0), 0)
        }),
      }
    },
  }
}
export type Histogram = ReturnType<typeof createHistogram>

/** The step whose upper border is the first at or above a value. */
function stepOf(value: number): number {
  if (value <= 10 ** LEAST_DECADE) return 0
  let decade = Math.floor(Math.log10(value))
  // Tolerant at the borders, so that 0.3 is the step that ends at 0.3.
  let part = Math.ceil((value / 10 ** decade) * PER_UNIT - 1e-9)
  if (part <= PER_UNIT) {
    part = 10 * PER_UNIT
    decade--
  }
  return (decade - LEAST_DECADE) * STEPS + part - PER_UNIT
}

/** Upper border of a step. */
function borderOf(step: number): number {
  if (step <= 0) return 10 ** LEAST_DECADE
  const decade = Math.floor((step - 1) / STEPS)
  return ((step - decade * STEPS + PER_UNIT) * 10 ** (decade + LEAST_DECADE)) / PER_UNIT
}

/** The value below which `rank` values are, on a line through the step that holds it. */
function quantileOf(sorted: readonly (readonly [number, number])[], rank: number): number {
  let before = 0
  for (const [step, n] of sorted) {
    if (before + n >= rank) {
      const [low, high] = [borderOf(step - 1), borderOf(step)]
      return low + ((high - low) * (rank - before)) / n
    }
    before += n
  }
  return Number.POSITIVE_INFINITY
}
