import type { Frame, Interval } from '../core/frame.js'
import type { UsualChannel } from './reference.js'

/** Equal readings, one after the other. */
export interface Run {
  /** The first sample. */
  readonly start: number
  readonly samples: number
  /** The reading. */
  readonly value: number
  /** The change that led to it, in usual spreads. */
  readonly step: number
  /** How many other readings of the range repeat the one before. */
  readonly others: number
}

/** The longest run of equal readings of a channel in a range, to its ends, which may lie beyond the range. Cost O(n). */
export function longestRun(
  { values, channels: { length } }: Frame,
  channel: number,
  range: Interval,
  { spread }: Pick<UsualChannel, 'spread'>,
): Run {
  const at = (sample: number) => values[sample * length + channel]
  const n = values.length / length
  let best = { start: range.start, end: range.start }
  let repeats = 0
  for (let start = range.start; start < range.end; ) {
    let end = start + 1
    while (end < range.end && at(end) === at(start)) end++
    repeats += end - start - 1
    if (end - start > best.end - best.start && Number.isFinite(at(start))) best = { start, end }
    start = end
  }
  const others = repeats - Math.max(0, best.end - best.start - 1)
  let { start, end } = best
  if (end === start) return { start, samples: 0, value: Number.NaN, step: 0, others }
  const value = at(start)
  while (start > 0 && at(start - 1) === value) start--
  while (end < n && at(end) === value) end++
  const step = start > 0 && spread > 0 ? Math.abs(value - at(start - 1)) / spread : 0
  return { start, samples: end - start, value, step, others }
}
