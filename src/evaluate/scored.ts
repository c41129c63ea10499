import { createError } from '../core/errors.js'

/** The samples that have a score, in order. */
export interface Scored {
  /** `[n]` without NaN. */
  readonly scores: Float64Array
  /** `[n]` 0 or 1. */
  readonly labels: Uint8Array
  /** `[n]` sample number before the unscored ones were left out. */
  readonly position: Uint32Array
  readonly unscored: number
}

/**
 * Leaves out the samples without a score (NaN): metrics ignore them, so they are counted instead.
 * Raises `labels-length` when scores and labels differ in number. Cost O(n).
 *
 * @param scores `[N]` NaN = not scored
 * @param labels `[N]` 0 or 1
 * @example
 * import { scoredOnly } from 'telltale/evaluate'
 * Array.from(scoredOnly([Number.NaN, 0.5, 2], [0, 0, 1]).scores) // => [0.5, 2]
 */
export function scoredOnly(scores: ArrayLike<number>, labels: ArrayLike<number>): Scored {
  if (labels.length !== scores.length)
    throw createError('labels-length', { got: labels.length, wanted: scores.length })
  const kept = new Float64Array(scores.length)
  const keptLabels = new Uint8Array(scores.length)
  const position = new Uint32Array(scores.length)
  let n = 0
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue
    kept[n] = scores[i]
    keptLabels[n] = labels[i] ? 1 : 0
    position[n++] = i
  }
  return {
    scores: kept.subarray(0, n),
    labels: keptLabels.subarray(0, n),
    position: position.subarray(0, n),
    unscored: scores.length - n,
  }
}
