import { erfc } from './erfc.js'
import { ranks } from './ranks.js'

export interface WilcoxonResult {
  /** Pairs that differ. */
  readonly pairs: number
  /** Sum of the ranks of the positive differences. */
  readonly positiveRanks: number
  /** Two-sided probability of ranks this uneven when the differences are symmetric about 0; 1 without a pair that differs. */
  readonly pValue: number
}

/** Up to this many pairs the distribution is enumerated. */
const EXACT_PAIRS = 50

/**
 * Wilcoxon signed-rank test of paired values: does one tend to be larger? Pairs that are equal, or in which a value is NaN, are left out.
 * Exact without ties and with at most 50 pairs, otherwise normal with corrections for ties and continuity.
 * Cost O(n log n), and O(n^3) while exact. Source: Wilcoxon 1945; ties as in Lehmann, Nonparametrics, 1975.
 *
 * @param first `[n]`
 * @param second `[n]` paired with the first
 * @example
 * import { wilcoxonSignedRank } from 'telltale/stats'
 * wilcoxonSignedRank([5, 6, 7, 8, 9], [1, 1, 1, 1, 1]) // => { "pairs": 5, "positiveRanks": 15, "pValue": 0.0625 }
 */
export function wilcoxonSignedRank(first: ArrayLike<number>, second: ArrayLike<number>): WilcoxonResult {
  const differences = Float64Array.from(first, (value, i) => value - second[i]).filter(
    difference => difference !== 0 && !Number.isNaN(difference),
  )
  const pairs = differences.length
  const rank = ranks(differences.map(Math.abs))
  const positiveRanks = rank.reduce((sum, value, i) => sum + (differences[i] > 0 ? value : 0), 0)
  const smaller = Math.min(positiveRanks, (pairs * (pairs + 1)) / 2 - positiveRanks)
  const tied = new Set(rank).size < pairs
  const pValue = tied || pairs > EXACT_PAIRS ? normalTail(rank, smaller) : exactTail(pairs, smaller)
  return { pairs, positiveRanks, pValue: Math.min(1, pValue) }
}

/** 2 P(W <= w), by counting the subsets of 1..n with each sum. */
function exactTail(pairs: number, w: number): number {
  const ways = new Float64Array((pairs * (pairs + 1)) / 2 + 1)
  ways[0] = 1
  for (let rank = 1; rank <= pairs; rank++)
    for (let sum = ways.length - 1; sum >= rank; sum--) ways[sum] += ways[sum - rank]
  return (2 * ways.subarray(0, w + 1).reduce((total, count) => total + count, 0)) / 2 ** pairs
}

function normalTail(rank: Float64Array, w: number): number {
  const n = rank.length
  const mean = (n * (n + 1)) / 4
  // The sum of squared ranks / 4 is the variance with and without ties.
  const variance = rank.reduce((sum, value) => sum + value * value, 0) / 4
  const z = Math.max(0, mean - w - 0.5) / Math.sqrt(variance)
  return erfc(z / Math.SQRT2)
}
