import { type Measure, measured, NO_FLAG, NO_LABELLED, NO_NORMAL, ratio, undefinedFor } from './measure.js'

/** Confusion matrix of flags and labels, sample by sample. */
export interface Confusion {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/**
 * Counts samples by flag and label. Cost O(n).
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @example
 * import { confusion, f1, precision } from 'telltale/evaluate'
 * const counts = confusion([0, 1, 1, 0], [0, 0, 1, 1])
 * precision(counts).value // => 0.5
 * f1(counts).value // => 0.5
 */
export function confusion(flags: ArrayLike<number>, labels: ArrayLike<number>): Confusion {
  const table = [0, 0, 0, 0]
  for (let i = 0; i < labels.length; i++) table[(labels[i] ? 2 : 0) + (flags[i] ? 1 : 0)]++
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = table
  return { truePositives, falsePositives, falseNegatives, trueNegatives }
}

/** Share of the flagged samples that are labelled; `null` without a flag. */
export function precision({ truePositives, falsePositives }: Confusion): Measure {
  return ratio(truePositives, truePositives + falsePositives, NO_FLAG)
}

/** Share of the labelled samples that are flagged (sensitivity); `null` without a label. */
export function recall({ truePositives, falseNegatives }: Confusion): Measure {
  return ratio(truePositives, truePositives + falseNegatives, NO_LABELLED)
}

/** Share of the normal samples that are not flagged; `null` without a normal sample. */
export function specificity({ trueNegatives, falsePositives }: Confusion): Measure {
  return ratio(trueNegatives, trueNegatives + falsePositives, NO_NORMAL)
}

/** 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall where both exist; `null` without flags and labels. */
export function f1({ truePositives, falsePositives, falseNegatives }: Confusion): Measure {
  return ratio(
    2 * truePositives,
    2 * truePositives + falsePositives + falseNegatives,
    'no sample is labelled or flagged',
  )
}

/** Share of the samples on which flag and label agree; optimistic when anomalies are rare. */
export function accuracy({
  truePositives,
  trueNegatives,
  falsePositives,
  falseNegatives,
}: Confusion): Measure {
  const agree = truePositives + trueNegatives
  return ratio(agree, agree + falsePositives + falseNegatives, 'there is no sample')
}

/** Mean of recall and specificity; 0.5 = no skill. `null` when one class is missing. */
export function balancedAccuracy(counts: Confusion): Measure {
  const sensitivity = recall(counts)
  if (sensitivity.value === null) return sensitivity
  const other = specificity(counts)
  return other.value === null ? other : measured((sensitivity.value + other.value) / 2)
}

/**
 * Matthews correlation coefficient of flags and labels, -1..1; 0 = no skill. `null` when one of both is the same everywhere.
 * Source: Matthews 1975.
 */
export function matthews(counts: Confusion): Measure {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts
  if (tp + fn === 0) return undefinedFor(NO_LABELLED)
  if (tn + fp === 0) return undefinedFor(NO_NORMAL)
  if (tp + fp === 0) return undefinedFor(NO_FLAG)
  if (tn + fn === 0) return undefinedFor('every sample is flagged')
  // Roots one by one: the product of the four sums leaves the integers that float64 holds.
  const scale = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn)
  return measured((tp * tn - fp * fn) / scale)
}
