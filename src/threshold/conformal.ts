import type { FittedThreshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Json, State } from '../core/state.js'
import { fixedThreshold } from './fixed.js'

export interface FittedConformalThreshold extends FittedThreshold {
  /** p-value of a score among the block maxima: (1 + maxima at least as high) / (blocks + 1); NaN for NaN. Cost O(log blocks). */
  pValue(score: number): number
}

/**
 * Block conformal threshold: among the maxima of blocks of normal scores a new block has its maximum above the level with probability at
 * most `alpha`, whatever the distribution; only the blocks, not the samples, have to be exchangeable.
 *
 * NaN is left out of its block, an all-NaN block out of the calibration, and the unfinished one at the end too.
 * Errors: `data-calibration-short` with fewer than 1 / alpha - 1 blocks, since then no score is rare enough.
 * Source: Vovk et al. 2005, chapter 2.
 *
 * @param alpha probability of a false alarm in a block, in (0, 1)
 * @param block samples in a block: long enough that samples of different blocks are nearly independent
 * @example
 * import { conformalThreshold } from './conformal.js'
 * const fitted = conformalThreshold(0.25, 2).fit(Float32Array.of(1, 5, 3, 2, 4, 1))
 * fitted.level // => 5
 * fitted.pValue(4) // => 0.75
 */
export function conformalThreshold(
  alpha: number,
  block: number,
): { fit(scores: ArrayLike<number>): FittedConformalThreshold } {
  return {
    fit(scores) {
      const maxima = blockMaxima(scores, block)
      const rank = Math.floor(alpha * (maxima.length + 1) + 1e-9)
      if (rank < 1) {
        const wanted = Math.ceil(1 / alpha - 1 - 1e-9) * block
        throw createError('data-calibration-short', {
          got: maxima.length * block,
          purpose: `a p-value of ${alpha} in blocks of ${block} (they support ${1 / (maxima.length + 1)})`,
          wanted,
        })
      }
      return conformalFrom(maxima, maxima[maxima.length - rank], { alpha, block, blocks: maxima.length })
    },
  }
}

/** Restores a conformal threshold. */
export function loadConformalThreshold(state: State): FittedConformalThreshold {
  const { level, ...rule } = state.options as { level: number; [key: string]: Json }
  return conformalFrom(Float64Array.from(state.arrays.maxima.data), level, rule)
}

function conformalFrom(
  maxima: Float64Array,
  level: number,
  rule: Record<string, Json>,
): FittedConformalThreshold {
  const fixed = fixedThreshold('threshold:conformal', level, rule)
  return {
    level: fixed.level,
    pValue: score =>
      Number.isNaN(score)
        ? Number.NaN
        : (1 + maxima.length - countBelow(maxima, score)) / (maxima.length + 1),
    state: () => ({ ...fixed.state(), arrays: { maxima: { shape: [maxima.length], data: maxima } } }),
  }
}

/** Ascending. */
function blockMaxima(scores: ArrayLike<number>, block: number): Float64Array {
  const maxima: number[] = []
  for (let start = 0; start + block <= scores.length; start += block) {
    let max = Number.NaN
    for (let i = start; i < start + block; i++)
      if (!(scores[i] <= max) && !Number.isNaN(scores[i])) max = scores[i]
    if (!Number.isNaN(max)) maxima.push(max)
  }
  return Float64Array.from(maxima).sort()
}

/** How many of ascending values are below `value`. */
export function countBelow(sorted: ArrayLike<number>, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
