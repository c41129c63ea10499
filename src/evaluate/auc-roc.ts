import { ranks } from '../stats/index.js'
import { type Measure, measured, NO_LABELLED, NO_NORMAL, undefinedFor } from './measure.js'
import { scoredOnly } from './scored.js'

/**
 * Area under the ROC curve: the probability that an anomalous sample scores higher than a normal one, ties counting half.
 * 0.5 = no skill, whatever the share of anomalies; optimistic when they are rare.
 *
 * Unscored samples (NaN) are left out; `null` when only one class is left. Cost O(n log n). Source: Mann & Whitney 1947.
 *
 * @param scores `[N]` higher = more anomalous
 * @param labels `[N]` 0 or 1
 * @example
 * import { aucRoc } from 'telltale/evaluate'
 * aucRoc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value // => 0.75
 */
export function aucRoc(scores: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  const scored = scoredOnly(scores, labels)
  const positives = scored.labels.reduce((sum, label) => sum + label, 0)
  const negatives = scored.labels.length - positives
  if (positives === 0) return undefinedFor(NO_LABELLED)
  if (negatives === 0) return undefinedFor(NO_NORMAL)
  const rankSum = ranks(scored.scores).reduce((sum, rank, i) => sum + (scored.labels[i] ? rank : 0), 0)
  return measured((rankSum - (positives * (positives + 1)) / 2) / (positives * negatives))
}
