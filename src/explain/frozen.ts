import type { Interval } from '../core/frame.js'
import { frozenLimit, RUN_OVER_OTHERS } from '../detect/index.js'
import type { Reference, ScoredSeries } from './reference.js'
import { longestRun } from './run.js'

/** A longer limit says that the readings of a channel often rest: half of the samples that the rule of `auto` counts runs in. */
const LONGEST_LIMIT = 176

/**
 * The channels that are frozen over an event: each repeats one reading in a run that reaches into the event and is as long as the rule of detection asks for, see `frozenLimits`; whatever the
 * detector is, and whichever channels explain the score. None where more than half of the channels do: a machine that rests. Cost O(n C).
 *
 * @param range the event and what surrounds it
 */
export function frozenChannels(
  { frame }: Pick<ScoredSeries, 'frame'>,
  { channels }: Pick<Reference, 'channels'>,
  event: Interval,
  range: Interval,
): number[] {
  const found = channels.flatMap((usual, c) => {
    const limit = frozenLimit(usual.longestRun)
    if (!usual.hasMany || limit > LONGEST_LIMIT) return []
    const { start, samples, others } = longestRun(frame, c, range, usual)
    const isIn = start < event.end && start + samples > event.start
    return isIn && samples > limit && samples > RUN_OVER_OTHERS * others ? [c] : []
  })
  return 2 * found.length > channels.length ? [] : found
}
