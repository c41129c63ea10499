import type { Interval } from '../core/frame.js'
import { confusion } from './confusion.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_EVENT, NO_FLAG, ratio } from './measure.js'

/** Whether any sample of the interval is marked. */
export function touches({ start, end }: Interval, marks: ArrayLike<number>): boolean {
  for (let i = start; i < end; i++) if (marks[i]) return true
  return false
}

function touched(intervals: readonly Interval[], marks: ArrayLike<number>): number {
  return intervals.filter(interval => touches(interval, marks)).length
}

/**
 * Share of the labelled events with at least one flagged sample; `null` without an event. A single flagged sample is enough, so read it together
 * with the delay and the false alarms. Cost O(n).
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @example
 * import { eventRecall } from 'telltale/evaluate'
 * eventRecall([0, 1, 0, 0, 0, 0], [0, 1, 1, 0, 1, 1]).value // => 0.5
 */
export function eventRecall(flags: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  const events = intervalsOf(labels)
  return ratio(touched(events, flags), events.length, NO_EVENT)
}

/** Share of the flagged intervals that touch a labelled event; `null` without a flag. Cost O(n). */
export function eventPrecision(flags: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  const alarms = intervalsOf(flags)
  return ratio(touched(alarms, labels), alarms.length, NO_FLAG)
}

/**
 * Harmonic mean of the precision over samples and the recall over events: reliability of alarms combined with coverage of events.
 * 0 when every event is missed; `null` without an event. Cost O(n). Source: Garg et al., IEEE TNNLS 2021.
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 */
export function compositeF1(flags: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  const found = eventRecall(flags, labels)
  if (!found.value) return found
  const { truePositives, falsePositives } = confusion(flags, labels)
  const trust = truePositives / (truePositives + falsePositives)
  return measured((2 * trust * found.value) / (trust + found.value))
}
