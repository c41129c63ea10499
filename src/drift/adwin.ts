/** State of an adaptive window: buckets of exponentially growing size. */
export interface AdwinState {
  /** Oldest first: sum, sum of squared deviations from the mean, and number of values of each bucket; numbers are powers of two. */
  readonly buckets: readonly (readonly [sum: number, squares: number, count: number])[]
  /** Values so far, since the start. */
  readonly count: number
}

export const ADWIN_START: AdwinState = { buckets: [], count: 0 }

export interface AdwinOptions {
  /** Bound on the probability of a false change at each check. Default 0.002. */
  readonly delta?: number
  /** Values between two checks. Default 32. */
  readonly every?: number
}

/** Buckets of one size. */
const PER_SIZE = 5
/** Values that each side of a cut needs. */
const FEWEST = 5

/**
 * One step of ADWIN (Bifet and Gavalda 2007, ADWIN2): a window that grows while the mean is stable and drops its older part when two parts of it differ. A missing value
 * (NaN) changes nothing. The values are taken to be independent. Memory and cost O(log n).
 *
 * @returns the next state, and whether the mean has changed
 * @example
 * import { ADWIN_START, adwinStep } from 'telltale/stats'
 * let state = ADWIN_START
 * const changes = []
 * for (let i = 0; i < 400; i++) {
 *   const step = adwinStep(state, (i < 200 ? 0 : 3) + (i % 2))
 *   state = step.state
 *   if (step.change) changes.push(i)
 * }
 * changes // => [223, 255]
 */
export function adwinStep(
  { buckets, count }: AdwinState,
  value: number,
  { delta = 0.002, every = 32 }: AdwinOptions = {},
): { readonly state: AdwinState; readonly change: boolean } {
  if (!Number.isFinite(value)) return { state: { buckets, count }, change: false }
  let kept = compress([...buckets, [value, 0, 1]])
  let change = false
  if ((count + 1) % every === 0)
    while (hasCut(kept, delta)) {
      kept = kept.slice(1)
      change = true
    }
  return { state: { buckets: kept, count: count + 1 }, change }
}

type Bucket = AdwinState['buckets'][number]

/** Joins the two oldest buckets of each size that has too many. */
function compress(buckets: readonly Bucket[]): readonly Bucket[] {
  const kept = [...buckets]
  for (let size = 1; ; size *= 2) {
    const own = kept.filter(([, , count]) => count === size).length
    if (own === 0) return kept
    if (own <= PER_SIZE) continue
    const first = kept.findIndex(([, , count]) => count === size)
    kept.splice(first, 2, joined(kept[first], kept[first + 1]))
  }
}

function joined([sumA, squaresA, a]: Bucket, [sumB, squaresB, b]: Bucket): Bucket {
  const distance = sumA / a - sumB / b
  return [sumA + sumB, squaresA + squaresB + (distance ** 2 * a * b) / (a + b), a + b]
}

/** Whether two parts of the window differ by more than the bound of theorem 3.2. */
function hasCut(buckets: readonly Bucket[], delta: number): boolean {
  if (buckets.length < 2) return false
  const [sum, squares, count] = buckets.reduce(joined)
  const variance = squares / count
  const logTerm = Math.log((2 * Math.log(count)) / delta)
  let [sumOld, old] = [0, 0]
  for (const [bucketSum, , bucketCount] of buckets.slice(0, -1)) {
    sumOld += bucketSum
    old += bucketCount
    const young = count - old
    if (old < FEWEST || young < FEWEST) continue
    const harmonic = 1 / (1 / old + 1 / young)
    const bound = Math.sqrt((2 / harmonic) * variance * logTerm) + (2 / (3 * harmonic)) * logTerm
    if (Math.abs(sumOld / old - (sum - sumOld) / young) > bound) return true
  }
  return false
}
