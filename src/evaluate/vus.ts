import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_LABELLED, NO_NORMAL, undefinedFor } from './measure.js'
import { countByScore, type Scored, type ScoreOrder, scoredOnly } from './scored.js'

// Legend: n scored samples, K thresholds, L widest buffer, h = floor(w / 2) reach of buffer w on each side.

/** Thresholds per curve, as in the reference implementations. */
const THRESHOLDS = 250

export interface VolumeOptions {
  /** Widest buffer L around the labelled events, samples; 0 = none, the plain range-free curve. */
  readonly buffer: number
}

/**
 * Volume under the precision-recall and the ROC surface: the mean area over buffers of 0 to L samples around each labelled event,
 * within which a score counts in part. Higher is better; neither has a fixed baseline, so compare with a random score.
 *
 * Unscored samples (NaN) are left out. `null` when only one class is left. Raises `labels-length` and `option-invalid`.
 * Cost O(n log n + K L^2 + L events): the points of a buffer are counted once per distance and threshold, not once per buffer.
 * Source: Paparrizos et al., PVLDB 2022; equal to TSB-AD 1.5 and vus 0.0.6.
 *
 * @param scores `[N]` higher = more anomalous
 * @param labels `[N]` 0 or 1
 * @example
 * import { vus } from 'telltale/evaluate'
 * vus([0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0], { buffer: 0 }).pr.value // => 1
 */
export function vus(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  { buffer }: VolumeOptions,
): { readonly pr: Measure; readonly roc: Measure } {
  if (!Number.isInteger(buffer) || buffer < 0)
    throw createError('option-invalid', {
      name: 'buffer',
      got: buffer,
      where: 'vus',
      wanted: 'it must be a whole number of samples, 0 or more',
    })
  return volumes(scoredOnly(scores, labels), buffer)
}

/** `vus` of samples that are all scored. */
export function volumes(
  { labels, order }: Scored,
  buffer: number,
): { readonly pr: Measure; readonly roc: Measure } {
  const events = intervalsOf(labels)
  const n = labels.length
  const positives = events.reduce((sum, { start, end }) => sum + end - start, 0)
  if (positives === 0 || positives === n) {
    const none = undefinedFor(positives === 0 ? NO_LABELLED : NO_NORMAL)
    return { pr: none, roc: none }
  }
  const rank = thresholdRanks(order())
  const flagged = cumulative(countByRank(rank))
  const inside = cumulative(countByRank(rank, labels))
  const surroundings = createSurroundings(rank, events)
  let pr = 0
  let roc = 0
  for (let w = 0; w <= buffer; w++) {
    if (w % 2 === 0 && w > 0) surroundings.widen()
    const credit = surroundings.credit(w)
    const reached = surroundings.reached()
    let recallBefore = 0
    let falseRateBefore = 0
    for (let k = 0; k < THRESHOLDS; k++) {
      const hits = inside[k] + credit[k]
      const softPositives = positives + credit[k] / 2
      const recall = Math.min(hits / softPositives, 1) * reached[k]
      const falseRate = (flagged[k] - hits) / (n - softPositives)
      pr += (recall - recallBefore) * (hits / flagged[k])
      roc += ((falseRate - falseRateBefore) * (recall + recallBefore)) / 2
      recallBefore = recall
      falseRateBefore = falseRate
    }
    roc += ((1 - falseRateBefore) * (1 + recallBefore)) / 2
  }
  return { pr: measured(pr / (buffer + 1)), roc: measured(roc / (buffer + 1)) }
}

/** Per sample the first of K thresholds, evenly spaced in rank from the highest score to the lowest, at which it is flagged. */
function thresholdRanks(order: ScoreOrder): Uint8Array {
  const { place } = order
  const count = countByScore(order)
  const last = place.length - 1
  const step = last / (THRESHOLDS - 1)
  const first = new Uint8Array(count.length)
  let k = THRESHOLDS - 1
  /** Samples with this score or a lower one. */
  let upTo = 0
  for (let d = 0; d < count.length; d++) {
    if (count[d] === 0) continue
    upTo += count[d]
    while (k > 0 && last - Math.floor((k - 1) * step) < upTo) k--
    first[d] = k
  }
  const rank = new Uint8Array(place.length)
  for (let i = 0; i < rank.length; i++) rank[i] = first[place[i]]
  return rank
}

function countByRank(rank: Uint8Array, only?: Uint8Array): Float64Array {
  const count = new Float64Array(THRESHOLDS)
  for (let i = 0; i < rank.length; i++) if (only === undefined || only[i]) count[rank[i]]++
  return count
}

function cumulative(counts: Float64Array): Float64Array {
  let sum = 0
  return counts.map(count => (sum += count))
}

/** The samples around the events, as far as the buffer reaches. */
interface Surroundings {
  /** Lets the buffer reach one sample further on each side. */
  widen(): void
  /** `[K]` soft labels of buffer w, summed over the flagged samples outside the events. */
  credit(w: number): Float64Array
  /** `[K]` share of the buffered events (overlapping ones are one) with a flag. */
  reached(): Float64Array
}

function createSurroundings(rank: Uint8Array, events: readonly Interval[]): Surroundings {
  const n = rank.length
  /** Per distance to the nearest event: the samples reached by this event only, by rank. */
  const single: Float64Array[] = [new Float64Array(THRESHOLDS)]
  /** Samples that two or more buffers reach. Each gives at least sqrt(1/2), and the sum is clipped: a full 1. */
  const full = new Float64Array(THRESHOLDS)
  /** `[n]` distance to the event that reached the sample first; 0 = none yet. */
  const first = new Uint32Array(n)
  const settled = new Uint8Array(n)
  for (const { start, end } of events) settled.fill(1, start, end)
  let reach = 0
  let groups = events.map(({ start, end }) => ({ start, end, best: best(rank, start, end) }))

  function touch(i: number): void {
    if (i < 0 || i >= n || settled[i]) return
    if (first[i] === 0) {
      first[i] = reach
      single[reach][rank[i]]++
      return
    }
    single[first[i]][rank[i]]--
    full[rank[i]]++
    settled[i] = 1
  }

  return {
    widen() {
      reach++
      single.push(new Float64Array(THRESHOLDS))
      for (const { start, end } of events) {
        touch(start - reach)
        touch(end - 1 + reach)
      }
      const joined: typeof groups = []
      for (const group of groups) {
        const start = Math.max(group.start - 1, 0)
        const end = Math.min(group.end + 1, n)
        const wider = { start, end, best: Math.min(group.best, rank[start], rank[end - 1]) }
        const before = joined[joined.length - 1]
        if (before === undefined || before.end <= start) joined.push(wider)
        else {
          before.end = end
          before.best = Math.min(before.best, wider.best)
        }
      }
      groups = joined
    },
    credit(w) {
      const sum = full.slice()
      for (let d = 1; d <= reach; d++) {
        const weight = Math.sqrt(1 - d / w)
        const counts = single[d]
        for (let k = 0; k < THRESHOLDS; k++) sum[k] += weight * counts[k]
      }
      return cumulative(sum)
    },
    reached() {
      const count = new Float64Array(THRESHOLDS)
      for (const group of groups) count[group.best]++
      return cumulative(count).map(number => number / groups.length)
    },
  }
}

function best(rank: Uint8Array, start: number, end: number): number {
  let least = rank[start]
  for (let i = start + 1; i < end; i++) least = Math.min(least, rank[i])
  return least
}
