import { fitGeneralisedPareto, type GeneralisedPareto, paretoLogLikelihood } from './generalised-pareto.js'

/** A tail with its posterior weight; the weights of all tails sum to 1. */
export interface WeightedPareto extends GeneralisedPareto {
  readonly weight: number
}

const SHAPES = Array.from({ length: 25 }, (_, i) => -0.5 + 0.05 * i)
/** Of the normal prior on the shape: tails of scores are near the exponential, most a little lighter. */
const PRIOR = { mean: -0.05, sd: 0.2 }
const SCALES = 25
/** Lighter points change nothing and cost time. */
const LEAST_WEIGHT = 1e-5

/**
 * Posterior of a generalised Pareto tail on a grid of shapes and scales: the uncertainty of the tail after `excesses`, which an extrapolation must
 * include. Prior: shape normal, log scale uniform.
 *
 * @param excesses `[n]` positive and finite, n >= 1
 * @param dispersion variance of cluster counts over their mean, >= 1: the likelihood counts n / dispersion excesses
 * @returns tails with positive weights. Cost O(625 n)
 */
export function paretoPosterior(excesses: ArrayLike<number>, dispersion = 1): WeightedPareto[] {
  const n = excesses.length
  const centre = fitGeneralisedPareto(excesses)
  const exponential = meanOf(excesses)
  const spread = 4 / Math.sqrt(Math.max(4, n / dispersion))
  const low = Math.log(Math.min(centre.scale, exponential)) - spread
  const high = Math.log(Math.max(centre.scale, exponential)) + spread
  const points: { shape: number; scale: number; log: number }[] = []
  for (const shape of SHAPES) {
    for (let j = 0; j < SCALES; j++) {
      const scale = Math.exp(low + ((high - low) * j) / (SCALES - 1))
      const prior = -0.5 * ((shape - PRIOR.mean) / PRIOR.sd) ** 2
      points.push({ shape, scale, log: prior + paretoLogLikelihood({ shape, scale }, excesses) / dispersion })
    }
  }
  const best = points.reduce((max, { log }) => Math.max(max, log), Number.NEGATIVE_INFINITY)
  const kept = points
    .map(({ shape, scale, log }) => ({ shape, scale, weight: Math.exp(log - best) }))
    .filter(({ weight }) => weight > LEAST_WEIGHT)
  const total = kept.reduce((sum, { weight }) => sum + weight, 0)
  return kept.map(point => ({ ...point, weight: point.weight / total }))
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum / values.length
}
