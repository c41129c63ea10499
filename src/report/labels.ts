import type { Interval } from '../core/frame.js'

/** Counts of flags and events against the ground truth. */
export interface LabelCounts {
  /** Maximal stretches of label 1. */
  readonly labelledEvents: number
  /** Labelled stretches with at least one flag. */
  readonly foundEvents: number
  /** Detected events without a single labelled sample. */
  readonly falseAlarms: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
  /** Flagged samples that are labelled, over flagged samples; NaN without a flag. */
  readonly precision: number
  /** Labelled samples that are flagged, over labelled samples; NaN without a label. */
  readonly recall: number
}

/**
 * Compares flags and events with labels, sample by sample and stretch by stretch. A sample that was not scored counts as not flagged.
 *
 * @param flag `[N]` 0 or 1
 * @param label `[N]` 0 or 1
 * @example
 * import { countAgainstLabels } from 'telltale'
 * countAgainstLabels(Uint8Array.of(0, 1, 1, 0), Uint8Array.of(0, 0, 1, 1), [{ start: 1, end: 3 }]).precision // => 0.5
 */
export function countAgainstLabels(
  flag: Uint8Array,
  label: Uint8Array,
  events: readonly Interval[],
): LabelCounts {
  const table = [0, 0, 0, 0]
  for (let i = 0; i < label.length; i++) table[2 * (label[i] ? 1 : 0) + (flag[i] ? 1 : 0)]++
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = table
  const anyIn = (marks: Uint8Array, { start, end }: Interval) =>
    marks.subarray(start, end).some(mark => mark !== 0)
  const labelled = labelledIntervals(label)
  return {
    labelledEvents: labelled.length,
    foundEvents: labelled.filter(interval => anyIn(flag, interval)).length,
    falseAlarms: events.filter(event => !anyIn(label, event)).length,
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / (truePositives + falseNegatives),
  }
}

/** Maximal stretches of label 1, in order. */
function labelledIntervals(label: Uint8Array): Interval[] {
  const intervals: Interval[] = []
  for (let i = 0; i < label.length; i++) {
    if (!label[i]) continue
    const start = i
    while (i < label.length && label[i]) i++
    intervals.push({ start, end: i })
  }
  return intervals
}
