import { thresholdCurve } from './curve.js'
import { type Measure, measured, NO_LABELLED, undefinedFor } from './measure.js'
import { scoredOnly } from './scored.js'

/**
 * The highest F1 over samples that any threshold reaches. Optimistic: it chooses the threshold with the labels, which are not available in operation.
 * Unscored samples (NaN) are left out; `null` without a label. Cost O(n log n).
 *
 * @param scores `[N]` higher = more anomalous
 * @param labels `[N]` 0 or 1
 */
export function inflatedBestF1(scores: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  const scored = scoredOnly(scores, labels)
  const positives = scored.labels.reduce((sum, label) => sum + label, 0)
  if (positives === 0) return undefinedFor(NO_LABELLED)
  const values = thresholdCurve(scored).map(({ hits, flagged }) => (2 * hits) / (flagged + positives))
  return measured(values.reduce((best, value) => Math.max(best, value), 0))
}
