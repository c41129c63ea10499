import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'

/**
 * Ground truth as one label per sample, from 0/1 values or from intervals of anomalous samples; a copy.
 * Raises `labels-length` when there is not one value per sample, `labels-value` when one is neither 0 nor 1 and `labels-interval`
 * when an interval is empty or leaves the series. Intervals may overlap. Cost O(n).
 *
 * @param source `[N]` values 0, 1, false or true; or half-open intervals in samples
 * @param samples N
 * @example
 * import { readLabels } from 'telltale'
 * Array.from(readLabels([{ start: 1, end: 3 }], 4)) // => [0, 1, 1, 0]
 */
export function readLabels(
  source: ArrayLike<number | boolean> | readonly Interval[],
  samples: number,
): Uint8Array {
  if (isIntervals(source)) return fromIntervals(source, samples)
  if (source.length !== samples) throw createError('labels-length', { got: source.length, wanted: samples })
  const labels = new Uint8Array(samples)
  for (let i = 0; i < samples; i++) {
    const value = Number(source[i])
    if (value !== 0 && value !== 1) throw createError('labels-value', { got: String(source[i]), sample: i })
    labels[i] = value
  }
  return labels
}

/**
 * Maximal stretches of non-zero labels or flags, in order. Cost O(n).
 *
 * @example
 * import { intervalsOf } from 'telltale'
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

function isIntervals(
  source: ArrayLike<number | boolean> | readonly Interval[],
): source is readonly Interval[] {
  return Array.isArray(source) && source.length > 0 && typeof source[0] === 'object'
}

function fromIntervals(intervals: readonly Interval[], samples: number): Uint8Array {
  const labels = new Uint8Array(samples)
  for (const { start, end } of intervals) {
    const fits =
      Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= samples
    if (!fits) throw createError('labels-interval', { start, end, samples })
    labels.fill(1, start, end)
  }
  return labels
}
