/** Counts with a mean and a variance, and the weight of this possibility; variance <= mean stands for Poisson counts. */
export interface WeightedCount {
  readonly mean: number
  readonly variance: number
  readonly weight: number
}

/**
 * Central interval of a count that is a mixture of negative binomial counts (Poisson where the variance is not above the mean): the
 * smallest counts whose distribution function reaches (1 - confidence) / 2 and 1 - (1 - confidence) / 2, so that at least `confidence`
 * lies inside, ends included.
 *
 * @param mixture weights that sum to 1, means >= 0. Cost O(mixture x upper end)
 * @example
 * import { countInterval } from 'telltale/stats'
 * countInterval([{ mean: 3, variance: 3, weight: 1 }], 0.9) // => { low: 1, high: 6 }
 */
export function countInterval(
  mixture: readonly WeightedCount[],
  confidence: number,
): { low: number; high: number } {
  const tail = (1 - confidence) / 2
  const terms = mixture.map(startOf)
  let low = -1
  let reached = 0
  for (let count = 0; ; count++) {
    for (const term of terms) {
      reached += term.weight * Math.exp(term.log)
      term.log += Math.log((term.size === 0 ? term.mean : term.ratio * (count + term.size)) / (count + 1))
    }
    if (low < 0 && reached >= tail) low = count
    if (reached >= 1 - tail || count > LARGEST_COUNT) return { low: Math.max(low, 0), high: count }
  }
}

/** Limit for means beyond any alarm rate. */
const LARGEST_COUNT = 1e7

/** log P(0) and what leads from P(k) to P(k + 1); size 0 = Poisson. Logs, since P(0) underflows beyond a mean of 745. */
function startOf({ mean, variance, weight }: WeightedCount) {
  // A mean this small is 0 for sure, and its square underflows.
  if (variance <= mean * (1 + 1e-9) || mean < 1e-9) return { weight, mean, size: 0, ratio: 0, log: -mean }
  const size = mean ** 2 / (variance - mean)
  const ratio = mean / (size + mean)
  return { weight, mean, size, ratio, log: -size * Math.log1p(mean / size) }
}
