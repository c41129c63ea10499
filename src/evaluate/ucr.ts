import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_LABELLED, undefinedFor } from './measure.js'
import { scoredOnly } from './scored.js'

/**
 * Accuracy of the UCR anomaly archive for one series: 1 when the highest score (the first, among equals) lies inside a labelled event or at
 * most `tolerance` samples from one, else 0. Meant for series with exactly one event. Unscored samples (NaN) are left out;
 * `null` without a label. Cost O(n). Source: Wu & Keogh, IEEE TKDE 2021.
 *
 * @param scores `[N]` higher = more anomalous
 * @param labels `[N]` 0 or 1
 * @param tolerance samples
 * @example
 * import { ucrHit } from 'telltale/evaluate'
 * ucrHit([0, 0, 3, 1, 0], [0, 0, 0, 1, 0], 1).value // => 1
 */
export function ucrHit(scores: ArrayLike<number>, labels: ArrayLike<number>, tolerance = 100): Measure {
  const scored = scoredOnly(scores, labels)
  const events = intervalsOf(scored.labels)
  if (events.length === 0) return undefinedFor(NO_LABELLED)
  const top = scored.scores.reduce((best, score, i) => (score > scored.scores[best] ? i : best), 0)
  const hit = events.some(({ start, end }) => top >= start - tolerance && top < end + tolerance)
  return measured(hit ? 1 : 0)
}
