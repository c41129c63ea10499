import type { Interval } from '../core/frame.js'

/** Counts of flags and events against the ground truth. */
export interface LabelCounts {
  /** Maximal intervals of label 1. */
  readonly labelledEvents: number
  /** Labelled intervals with at least one flag. */
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

/** Counts of several series together. */
export function sumLabelCounts(counts: readonly LabelCounts[]): LabelCounts {
  const sum = (key: keyof LabelCounts) => counts.reduce((total, one) => total + one[key], 0)
  return withShares({
    labelledEvents: sum('labelledEvents'),
    foundEvents: sum('foundEvents'),
    falseAlarms: sum('falseAlarms'),
    truePositives: sum('truePositives'),
    falsePositives: sum('falsePositives'),
    falseNegatives: sum('falseNegatives'),
    trueNegatives: sum('trueNegatives'),
  })
}

function withShares(counts: Omit<LabelCounts, 'precision' | 'recall'>): LabelCounts {
  const { truePositives, falsePositives, falseNegatives } = counts
  return {
    ...counts,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / (truePositives + falseNegatives),
  }
}

/** Counts of a series that comes in parts. */
export interface LabelCounter {
  /**
   * Takes the next samples, and the events that closed with them.
   *
   * @param flag `[N]` 0 or 1
   * @param label `[N]` 0 or 1
   * @param events counted from the first sample of the series
   * @param settled no later event has a sample before this one; memory is that of the labelled intervals since then
   */
  push(flag: Uint8Array, label: Uint8Array, events: readonly Interval[], settled: number): void
  counts(): LabelCounts
}

/** Compares flags and events with labels as they come, sample by sample and interval by interval. A sample that was not scored counts as not flagged. */
export function createLabelCounter(): LabelCounter {
  const table = [0, 0, 0, 0]
  let samples = 0
  let labelledEvents = 0
  let foundEvents = 0
  let falseAlarms = 0
  /** Labelled intervals that a later event may touch; the last may continue. */
  let stretches: { start: number; end: number }[] = []
  let isFound = false
  return {
    push(flag, label, events, settled) {
      for (let i = 0; i < label.length; i++, samples++) {
        table[2 * (label[i] ? 1 : 0) + (flag[i] ? 1 : 0)]++
        if (!label[i]) continue
        const last = stretches.at(-1)
        if (last?.end === samples) last.end++
        else {
          stretches.push({ start: samples, end: samples + 1 })
          labelledEvents++
          isFound = false
        }
        if (flag[i] && !isFound) {
          isFound = true
          foundEvents++
        }
      }
      for (const event of events) if (!touchesAny(stretches, event)) falseAlarms++
      stretches = stretches.filter(({ end }) => end > settled || end === samples)
    },
    counts() {
      const [trueNegatives, falsePositives, falseNegatives, truePositives] = table
      return withShares({
        labelledEvents,
        foundEvents,
        falseAlarms,
        truePositives,
        falsePositives,
        falseNegatives,
        trueNegatives,
      })
    },
  }
}

/** Whether an interval shares a sample with one of some others, which ascend. Cost O(log intervals). */
function touchesAny(stretches: readonly Interval[], { start, end }: Interval): boolean {
  let low = 0
  let high = stretches.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (stretches[middle].end > start) high = middle
    else low = middle + 1
  }
  return low < stretches.length && stretches[low].start < end
}
