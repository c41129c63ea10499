import { type Confusion, confusion, scoredOnly, thresholdCurve } from '../evaluate/index.js'
import type { UnitCurve } from './plots/index.js'

/** How scores agree with labels. */
export interface Agreement {
  /** Samples at the threshold. */
  readonly counts: Confusion
  readonly precision: number
  readonly recall: number
  /** Precision over recall. */
  readonly pr: UnitCurve
  /** True over false positive rate. */
  readonly roc: UnitCurve
}

/**
 * Counts at the threshold and the curves over all thresholds; undefined where the scored samples are all anomalous or all normal.
 *
 * @param labels `[N]` 0 or 1
 */
export function agreementOf(
  score: Float32Array,
  flag: Uint8Array,
  labels: Uint8Array,
): Agreement | undefined {
  const scored = scoredOnly(score, labels)
  const positives = scored.labels.reduce((sum, label) => sum + label, 0)
  const negatives = scored.labels.length - positives
  if (positives === 0 || negatives === 0) return undefined
  const counts = confusion(flag, labels)
  const { truePositives, falsePositives } = counts
  const recall = truePositives / positives
  const precision = truePositives / Math.max(1, truePositives + falsePositives)
  const points = thresholdCurve(scored)
  const base = positives / scored.labels.length
  return {
    counts,
    precision,
    recall,
    pr: {
      points: points.map(({ hits, flagged }) => [hits / positives, hits / flagged]),
      x: 'recall',
      y: 'precision',
      mark: [recall, precision],
      chance: [base, base],
    },
    roc: {
      points: [
        [0, 0],
        ...points.map(({ hits, flagged }) => [(flagged - hits) / negatives, hits / positives] as const),
      ],
      x: 'false positive rate',
      y: 'true positive rate',
      mark: [falsePositives / negatives, recall],
      chance: [0, 1],
    },
  }
}
