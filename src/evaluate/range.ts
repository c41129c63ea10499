import type { Interval } from '../core/frame.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_EVENT, NO_FLAG, undefinedFor } from './measure.js'

export interface RangeOptions {
  /** Weight of detecting an event at all, 0..1, against its coverage; recall only. */
  readonly alpha: number
  /** Whether all parts of an event weigh the same, or the early or the late ones more (linearly). */
  readonly bias: 'flat' | 'front' | 'back'
  /** What k intervals over one event are worth: 1 / k of their overlap, or all of it. */
  readonly cardinality: 'reciprocal' | 'one'
}

/**
 * Range-based recall: mean over the labelled events of alpha x (touched or not) + (1 - alpha) x the weighted share that is flagged,
 * divided by the number of fragments. `null` without an event. Cost O(n). Source: Tatbul et al., NeurIPS 2018; equal to prts 1.0.
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @example
 * import { rangeRecall } from 'telltale/evaluate'
 * const options = { alpha: 0, bias: 'flat', cardinality: 'reciprocal' }
 * rangeRecall([0, 1, 0, 1, 0], [0, 1, 1, 1, 1], options).value // => 0.25
 */
export function rangeRecall(
  flags: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: RangeOptions,
): Measure {
  const events = intervalsOf(labels)
  return events.length === 0 ? undefinedFor(NO_EVENT) : meanCover(events, flags, options)
}

/**
 * Range-based precision: mean over the flagged intervals of the weighted share that is labelled, divided by the number of labelled
 * fragments in it; being touched counts nothing. `null` without a flag. Cost O(n). Source: Tatbul et al., NeurIPS 2018.
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 */
export function rangePrecision(
  flags: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: Omit<RangeOptions, 'alpha'>,
): Measure {
  const alarms = intervalsOf(flags)
  return alarms.length === 0 ? undefinedFor(NO_FLAG) : meanCover(alarms, labels, { ...options, alpha: 0 })
}

function meanCover(intervals: readonly Interval[], marks: ArrayLike<number>, options: RangeOptions): Measure {
  const covers = intervals.map(interval => cover(interval, marks, options))
  return measured(covers.reduce((sum, value) => sum + value, 0) / covers.length)
}

function cover({ start, end }: Interval, marks: ArrayLike<number>, options: RangeOptions): number {
  const weightOf = { flat: () => 1, front: (i: number) => end - i, back: (i: number) => i - start + 1 }[
    options.bias
  ]
  let covered = 0
  let whole = 0
  let fragments = 0
  for (let i = start; i < end; i++) {
    const weight = weightOf(i)
    whole += weight
    if (!marks[i]) continue
    covered += weight
    if (i === start || !marks[i - 1]) fragments++
  }
  if (fragments === 0) return 0
  const share = covered / whole / (options.cardinality === 'reciprocal' ? fragments : 1)
  return options.alpha + (1 - options.alpha) * share
}
