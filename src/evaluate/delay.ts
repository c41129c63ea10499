import { median } from '../stats/index.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_EVENT, undefinedFor } from './measure.js'

/**
 * Per labelled event the distance from its first sample to its first flagged one; `null` where it was missed. Cost O(n).
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @param at `[N]` position of each sample, in samples or in a unit of time; default: its number
 * @example
 * import { detectionDelays } from 'telltale/evaluate'
 * detectionDelays([0, 0, 0, 1, 0, 0], [0, 1, 1, 1, 0, 1]) // => [2, null]
 */
export function detectionDelays(
  flags: ArrayLike<number>,
  labels: ArrayLike<number>,
  at?: ArrayLike<number>,
): (number | null)[] {
  return intervalsOf(labels).map(({ start, end }) => {
    for (let i = start; i < end; i++) if (flags[i]) return at === undefined ? i - start : at[i] - at[start]
    return null
  })
}

/**
 * Median delay of the events that were found, in the unit of the delays. Missed events are not included: read it together with the event recall.
 * `null` when none was found.
 */
export function medianDelay(delays: readonly (number | null)[]): Measure {
  if (delays.length === 0) return undefinedFor(NO_EVENT)
  const found = delays.filter(delay => delay !== null)
  return found.length === 0 ? undefinedFor('every event was missed') : measured(median(found))
}
