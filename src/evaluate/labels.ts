import { checkParts } from '../core/check-input.js'
import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'

/**
 * Ground truth as one 0 or 1 per sample, checked; a copy.
 * Raises `labels-length` when there is not one value per sample and `labels-value` when one is neither 0 nor 1. Cost O(n).
 *
 * @param values `[N]` 0, 1, false or true
 * @param samples N
 * @example
 * import { readLabels } from 'telltale/evaluate'
 * Array.from(readLabels([false, true, true], 3)) // => [0, 1, 1]
 */
export function readLabels(values: ArrayLike<number | boolean>, samples: number): Uint8Array {
  checkParts({ labels: values }, ['labels'], 'labels', 'the evaluation')
  if (values.length !== samples) throw createError('labels-length', { got: values.length, wanted: samples })
  return Uint8Array.from(values, (given, sample) => {
    const value = Number(given)
    if (value !== 0 && value !== 1) throw createError('labels-value', { got: String(given), sample })
    return value
  })
}

/**
 * Labels from the intervals of anomalous samples, which may overlap; the inverse of `intervalsOf`.
 * Raises `labels-interval` when an interval is empty or leaves the series. Cost O(n + intervals).
 *
 * @param intervals half-open, in samples
 * @param samples N
 * @example
 * import { labelsOf } from 'telltale/evaluate'
 * Array.from(labelsOf([{ start: 1, end: 3 }], 4)) // => [0, 1, 1, 0]
 */
export function labelsOf(intervals: readonly Interval[], samples: number): Uint8Array {
  if (!Array.isArray(intervals))
    checkParts({ intervals: undefined }, ['intervals'], 'labels', 'the evaluation')
  for (const interval of intervals) checkParts(interval, [], 'interval', 'the evaluation')
  /** What begins minus what ends at each sample. */
  const changes = new Int32Array(samples + 1)
  for (const { start, end } of intervals) {
    const fits =
      Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= samples
    if (!fits) throw createError('labels-interval', { start, end, samples })
    changes[start]++
    changes[end]--
  }
  const labels = new Uint8Array(samples)
  for (let i = 0, open = 0; i < samples; i++) {
    open += changes[i]
    labels[i] = open > 0 ? 1 : 0
  }
  return labels
}

/**
 * Maximal intervals of non-zero labels or flags, in order. Cost O(n).
 *
 * @example
 * import { intervalsOf } from 'telltale/evaluate'
 * intervalsOf([0, 1, 1, 0, 1]) // => [{ "start": 1, "end": 3 }, { "start": 4, "end": 5 }]
 */
export function intervalsOf(labels: ArrayLike<number>): Interval[] {
  const intervals: Interval[] = []
  let start = -1
  for (let i = 0; i <= labels.length; i++) {
    const inside = i < labels.length && labels[i] !== 0
    if (inside && start < 0) start = i
    if (!inside && start >= 0) {
      intervals.push({ start, end: i })
      start = -1
    }
  }
  return intervals
}
