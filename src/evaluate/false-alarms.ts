import type { Interval } from '../core/frame.js'
import { DAY_MS } from '../core/milliseconds.js'
import { touches } from './event.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_NORMAL, ratio, undefinedFor } from './measure.js'

export interface FalseAlarmOptions {
  /** Flagged intervals at most this many samples apart are one alarm. */
  readonly mergeGap: number
  /** Time between samples, ms; NaN when unknown. */
  readonly stepMs: number
}

export interface FalseAlarms {
  /** Alarms that touch no labelled event. */
  readonly count: number
  /** Per day of normal time (samples that are not labelled). */
  readonly perDay: Measure
  /** Per thousand samples, labelled or not: for series without a clock. */
  readonly perThousand: Measure
}

/**
 * Alarms that touch no labelled event, as a count and as rates. Cost O(n).
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @example
 * import { falseAlarms } from 'telltale/evaluate'
 * falseAlarms([1, 0, 0, 1], [0, 0, 1, 1], { mergeGap: 0, stepMs: 3600000 }).perDay.value // => 12
 */
export function falseAlarms(
  flags: ArrayLike<number>,
  labels: ArrayLike<number>,
  { mergeGap, stepMs }: FalseAlarmOptions,
): FalseAlarms {
  const count = joined(intervalsOf(flags), mergeGap).filter(alarm => !touches(alarm, labels)).length
  let normal = 0
  for (let i = 0; i < labels.length; i++) if (!labels[i]) normal++
  return {
    count,
    perDay: perDay(count, normal, stepMs),
    perThousand: ratio(1000 * count, labels.length, 'there is no sample'),
  }
}

function perDay(count: number, normalSamples: number, stepMs: number): Measure {
  if (!(stepMs > 0)) return undefinedFor('the time between samples is not known')
  if (normalSamples === 0) return undefinedFor(NO_NORMAL)
  return measured((count * DAY_MS) / (normalSamples * stepMs))
}

function joined(intervals: readonly Interval[], gap: number): Interval[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of intervals) {
    const last = merged[merged.length - 1]
    if (last !== undefined && start - last.end <= gap) last.end = end
    else merged.push({ start, end })
  }
  return merged
}
