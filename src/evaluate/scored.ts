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
  /** Sorted on first use. */
  readonly order: () => ScoreOrder
}

/** Scores by size: all that a metric without a threshold depends on. */
export interface ScoreOrder {
  /** `[D]` the distinct scores, ascending. */
  readonly distinct: Float64Array
  /** `[n]` place of the score of each sample among them. */
  readonly place: Uint32Array
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
  const own = kept.subarray(0, n)
  return {
    scores: own,
    labels: keptLabels.subarray(0, n),
    position: position.subarray(0, n),
    unscored: scores.length - n,
    order: once(() => orderOf(own)),
  }
}

/** Work that several metrics share: done on first use. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

function orderOf(scores: Float64Array): ScoreOrder {
  const sorted = scores.slice().sort()
  let size = 0
  for (const score of sorted) if (size === 0 || score !== sorted[size - 1]) sorted[size++] = score
  const distinct = sorted.subarray(0, size)
  const place = new Uint32Array(scores.length)
  for (let i = 0; i < scores.length; i++) {
    let low = 0
    let high = size - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (distinct[middle] < scores[i]) low = middle + 1
      else high = middle
    }
    place[i] = low
  }
  return { distinct, place }
}

/** Samples per distinct score; of those with a label alone when `only` is given. */
export function countByScore({ distinct, place }: ScoreOrder, only?: Uint8Array): Uint32Array {
  const count = new Uint32Array(distinct.length)
  for (let i = 0; i < place.length; i++) if (only === undefined || only[i]) count[place[i]]++
  return count
}
