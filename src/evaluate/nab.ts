import { createError } from '../core/errors.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_EVENT, undefinedFor } from './measure.js'

/** Costs of the Numenta Anomaly Benchmark's three profiles. */
export const NAB_PROFILES = {
  standard: { falsePositive: 0.11, falseNegative: 1 },
  'low-fp': { falsePositive: 0.22, falseNegative: 1 },
  'low-fn': { falsePositive: 0.11, falseNegative: 2 },
} as const
export type NabProfile = keyof typeof NAB_PROFILES

/**
 * Score of the Numenta Anomaly Benchmark for one series, normalised so that flagging nothing is 0 and one flag at the start of each window
 * is 100. In each labelled event (NAB's window) the first flag counts, more when it is earlier; each flag outside costs, more when it is farther
 * behind the last event. Optimistic: NAB tunes the threshold on the labels, and noise reaches 88 on long events. `null` without an event.
 * Cost O(n). Source: Lavin & Ahmad, ICMLA 2015; equal to NAB's sweeper.
 *
 * @param flags `[N]` 0 or 1; leave the probation period out of both
 * @param labels `[N]` 0 or 1
 * @example
 * import { nabScore } from 'telltale/evaluate'
 * nabScore([0, 0, 1, 0], [0, 0, 1, 1], 'standard').value // => 100
 */
export function nabScore(flags: ArrayLike<number>, labels: ArrayLike<number>, profile: NabProfile): Measure {
  const costs = NAB_PROFILES[profile]
  if (costs === undefined)
    throw createError('option-invalid', {
      name: 'profile',
      got: profile,
      where: 'nabScore',
      wanted: `it must be one of ${Object.keys(NAB_PROFILES).join(', ')}`,
    })
  const windows = intervalsOf(labels)
  if (windows.length === 0) return undefinedFor(NO_EVENT)
  let raw = 0
  for (const { start, end } of windows) {
    let first = start
    while (first < end && !flags[first]) first++
    // NAB takes the best flag of a window; the worth only falls within it, so that is the first one.
    raw += first < end ? worth((first - end) / (end - start)) / worth(-1) : -costs.falseNegative
  }
  let last = -1
  for (let i = 0; i < labels.length; i++) {
    if (windows[last + 1]?.start === i) last++
    if (!flags[i] || labels[i]) continue
    raw += costs.falsePositive * (last < 0 ? -1 : worthBehind(windows[last], i))
  }
  const none = -costs.falseNegative * windows.length
  return measured((100 * (raw - none)) / (windows.length - none))
}

/** A window of one sample has no width to measure by: whatever follows counts as far away. */
function worthBehind({ start, end }: { start: number; end: number }, i: number): number {
  const width = end - start - 1
  return width === 0 ? -1 : worth((i - end + 1) / width)
}

/** From about 1 at the start of a window (position -1) over 0 at its end to -1 far behind it. */
function worth(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1
}
