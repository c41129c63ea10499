import type { WeightedCount } from '../stats/index.js'

/**
 * Standard deviation of the natural logarithm of the factor by which alarms of a real machine are rarer or more frequent than its history leads to expect: its operation
 * changes. The most likely value on the choosing half of the open series (1 on a grid of quarters); docs/decisions/0038-operation-changes.md.
 */
export const USUAL_CHANGE = 1

/** Width of the steps in which factors and means are grouped, as a logarithm: far below what the interval can show. */
const STEP = 0.1
const FARTHEST = 3

/**
 * The distribution of a count whose mean is also multiplied by a log-normal factor with median 1: possibilities of nearly the same mean are joined.
 *
 * @param mixture possibilities without the factor; means >= 0, weights that sum to 1
 * @param sd standard deviation of the logarithm of the factor, >= 0
 * @param countsOf mean and variance of the count when the mean of a possibility becomes another one
 * @returns at most some hundred possibilities. Cost O(60 x mixture)
 */
export function afterChange<P extends { readonly mean: number; readonly weight: number }>(
  mixture: readonly P[],
  sd: number,
  countsOf: (possibility: P, mean: number) => { mean: number; variance: number },
): WeightedCount[] {
  const groups = new Map<number, { mean: number; variance: number; weight: number }>()
  const changes = factors(sd)
  for (const possibility of mixture)
    for (const { factor, weight } of changes) {
      const { mean, variance } = countsOf(possibility, possibility.mean * factor)
      const key = mean === 0 ? Number.NEGATIVE_INFINITY : Math.round(Math.log(mean) / STEP)
      const group = groups.get(key) ?? { mean: 0, variance: 0, weight: 0 }
      const share = possibility.weight * weight
      group.mean += share * mean
      group.variance += share * variance
      group.weight += share
      groups.set(key, group)
    }
  return [...groups.values()].map(({ mean, variance, weight }) => ({
    mean: mean / weight,
    variance: variance / weight,
    weight,
  }))
}

/** A log-normal factor in steps, with weights that sum to 1. */
function factors(sd: number): { factor: number; weight: number }[] {
  const reach = Math.ceil((FARTHEST * sd) / STEP)
  const points = Array.from({ length: 2 * reach + 1 }, (_, i) => {
    const log = (i - reach) * STEP
    return { factor: Math.exp(log), weight: sd === 0 ? 1 : Math.exp(-0.5 * (log / sd) ** 2) }
  })
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  return points.map(({ factor, weight }) => ({ factor, weight: weight / total }))
}
