import { type Measure, measured, NO_LABELLED, NO_NORMAL, undefinedFor } from './measure.js'
import { countByScore, type Scored, scoredOnly } from './scored.js'

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
  return rankSumShare(scoredOnly(scores, labels))
}

/** `aucRoc` of samples that are all scored. */
export function rankSumShare({ labels, order }: Scored): Measure {
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const negatives = labels.length - positives
  if (positives === 0) return undefinedFor(NO_LABELLED)
  if (negatives === 0) return undefinedFor(NO_NORMAL)
  const all = countByScore(order())
  const labelled = countByScore(order(), labels)
  let rankSum = 0
  let below = 0
  for (let d = 0; d < all.length; d++) {
    // Equal scores share the mean of their ranks.
    rankSum += labelled[d] * (below + (all[d] + 1) / 2)
    below += all[d]
  }
  return measured((rankSum - (positives * (positives + 1)) / 2) / (positives * negatives))
}
