import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_EVENT, undefinedFor } from './measure.js'

/**
 * PA%K: F1 over samples after an event of which more than K percent of the samples are flagged was counted as flagged throughout.
 * K = 100 is the plain F1. `null` without an event. Cost O(n). Source: Kim et al., AAAI 2022.
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @param k in (0, 100], percent
 * @example
 * import { paKF1 } from 'telltale/evaluate'
 * paKF1([0, 1, 0, 0, 0], [0, 1, 1, 1, 1], 20).value // => 1
 */
export function paKF1(flags: ArrayLike<number>, labels: ArrayLike<number>, k: number): Measure {
  if (!(k > 0 && k <= 100))
    throw createError('option-invalid', {
      name: 'k',
      got: k,
      where: 'paKF1',
      wanted: 'it must be in (0, 100]',
    })
  return adjustedF1(flags, labels)(k)
}

/**
 * Area under the F1 of PA%K over K = 0, 1, ..., 100, by the trapezoid rule, on a scale of 0 to 1. `null` without an event.
 * Cost O(n + 100 events). Source: Kim et al., AAAI 2022.
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 */
export function paKArea(flags: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  const f1At = adjustedF1(flags, labels)
  const curve = Array.from({ length: 101 }, (_, k) => f1At(k))
  const undefinedOne = curve.find(({ value }) => value === null)
  if (undefinedOne) return undefinedOne
  const ends = (curve[0].value! + curve[100].value!) / 2
  return measured((curve.slice(1, 100).reduce((sum, { value }) => sum + value!, 0) + ends) / 100)
}

/**
 * Point-adjusted F1: one flagged sample makes a whole event count as flagged. Optimistic: on long events random noise reaches 0.9, so it is only
 * for comparison with tables that use it. `null` without an event. Cost O(n).
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 */
export function inflatedPointAdjustedF1(flags: ArrayLike<number>, labels: ArrayLike<number>): Measure {
  return adjustedF1(flags, labels)(0)
}

/** F1 as a function of K: everything but the adjustment of the events is counted once. */
function adjustedF1(flags: ArrayLike<number>, labels: ArrayLike<number>): (k: number) => Measure {
  const events = intervalsOf(labels).map(event => ({
    length: event.end - event.start,
    hits: flaggedIn(flags, event),
  }))
  const flagged = flaggedIn(flags, { start: 0, end: labels.length })
  const falsePositives = flagged - events.reduce((sum, { hits }) => sum + hits, 0)
  const positives = events.reduce((sum, { length }) => sum + length, 0)
  return k => {
    if (positives === 0) return undefinedFor(NO_EVENT)
    const hits = events.reduce(
      (sum, event) => sum + (event.hits * 100 > k * event.length ? event.length : event.hits),
      0,
    )
    return measured((2 * hits) / (hits + falsePositives + positives))
  }
}

function flaggedIn(flags: ArrayLike<number>, { start, end }: Interval): number {
  let count = 0
  for (let i = start; i < end; i++) if (flags[i]) count++
  return count
}
