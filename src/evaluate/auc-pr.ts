import { sweepThresholds } from './curve.js'
import { type Measure, measured, NO_LABELLED, NO_NORMAL, undefinedFor } from './measure.js'
import { type Scored, scoredOnly } from './scored.js'

/**
 * Area under the precision-recall curve as average precision: the sum over distinct thresholds of the gain in recall times the precision,
 * stepwise. A score without skill gets the share of anomalous samples.
 *
 * Unscored samples (NaN) are left out; `null` when only one class is left. Cost O(n log n).
 * Source: Davis & Goadrich 2006 (why not the trapezoid); equal to scikit-learn's `average_precision_score`.
 *
 * @param scores `[N]` higher = more anomalous
 * @param labels `[N]` 0 or 1
 * @example
 * import { aucPr } from 'telltale/evaluate'
 * aucPr([0.9, 0.8, 0.2, 0.1], [1, 0, 0, 1]).value // => 0.75
 */
export function aucPr(scores: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  return averagePrecision(scoredOnly(scores, labels))
}

/** `aucPr` of samples that are all scored. */
export function averagePrecision(scored: Scored): Measure {
  const { labels } = scored
  const positives = labels.reduce((sum, label) => sum + label, 0)
  if (positives === 0) return undefinedFor(NO_LABELLED)
  if (positives === labels.length) return undefinedFor(NO_NORMAL)
  let sum = 0
  let before = 0
  sweepThresholds(scored, (_, hits, flagged) => {
    sum += ((hits - before) * hits) / flagged
    before = hits
  })
  return measured(sum / positives)
}
