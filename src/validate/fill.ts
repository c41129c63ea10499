import type { Interval } from '../core/frame.js'

/** Where readings of a channel were filled in. */
export interface Filled {
  readonly cells: number
  readonly runs: number
  /** The first of the runs, absent when there was none. */
  readonly place?: Interval
}

export interface FillOptions {
  /** hold = the previous reading; linear = interpolated in time between both neighbours; at the edges the nearest reading. */
  readonly kind: 'hold' | 'linear'
  /** Longer runs stay missing, whole. */
  readonly longest: number
}

/** One channel of a row-major table, with the times of its rows. */
export interface Column {
  readonly values: Float64Array
  readonly timeMs: Float64Array
  readonly channel: number
  readonly width: number
}

/**
 * Fills runs of NaN of one channel in place, never from one segment into another. `hold` leaves a run at the beginning of a segment, where
 * nothing was read before; a segment without a reading stays as it is. Cost O(N).
 *
 * @param onFill called with the sample of each filled reading
 */
export function fillRuns(
  column: Column,
  segments: readonly Interval[],
  { kind, longest }: FillOptions,
  onFill: (i: number) => void = () => {},
): Filled {
  const { values, channel, width } = column
  const isMissing = (i: number) => Number.isNaN(values[i * width + channel])
  let cells = 0
  let runs = 0
  let place: Interval | undefined
  for (const segment of segments) {
    for (let i = segment.start; i < segment.end; i++) {
      if (!isMissing(i)) continue
      const start = i
      while (i < segment.end && isMissing(i)) i++
      const run = { start, end: i }
      if (i - start > longest || !fillRun(column, segment, run, kind)) continue
      cells += i - start
      runs++
      place ??= run
      for (let filled = start; filled < i; filled++) onFill(filled)
    }
  }
  return { cells, runs, place }
}

function fillRun(
  column: Column,
  segment: Interval,
  { start, end }: Interval,
  kind: FillOptions['kind'],
): boolean {
  const { values, timeMs, channel, width } = column
  const before = start > segment.start ? start - 1 : -1
  const after = kind === 'linear' && end < segment.end ? end : -1
  if (before < 0 && after < 0) return false
  const left = values[(before < 0 ? after : before) * width + channel]
  const right = values[(after < 0 ? before : after) * width + channel]
  for (let i = start; i < end; i++) {
    const byNumber = (i - before) / (after - before)
    const isEdge = before < 0 || after < 0
    values[i * width + channel] = isEdge
      ? left
      : between(left, right, (timeMs[i] - timeMs[before]) / (timeMs[after] - timeMs[before]), byNumber)
  }
  return true
}

/**
 * A reading on the line between two others.
 *
 * @param byTime how far it lies between them in time, 0 to 1
 * @param byNumber the same in samples, for times that do not move forward
 */
export function between(left: number, right: number, byTime: number, byNumber: number): number {
  const share = byTime >= 0 && byTime <= 1 ? byTime : byNumber
  // Two products instead of a difference: far readings of either sign stay finite. Rounding must not leave the range of the two.
  return Math.min(Math.max(left, right), Math.max(Math.min(left, right), left * (1 - share) + right * share))
}
