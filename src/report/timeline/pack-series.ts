import { type Frame, type Interval, sampleCount } from '../../core/frame.js'
import { median } from '../../stats/index.js'
import { type Clock, offsetChanges } from '../clock.js'
import { groupExtremes, groupMeans, groupSamples } from './groups.js'
import { packDoubles, packFloats, packHalves } from './pack.js'
import type { EventMark, LaneFacts, PackedLane, PackedSeries } from './packed-series.js'

/** A lane before it is packed. */
export interface LaneValues extends LaneFacts {
  at(sample: number): number
  /** What was expected, where it is known. */
  expectedAt?(sample: number): number
}

/** What a timeline is made of. */
export interface TimelineSource {
  readonly frame: Pick<Frame, 'timeMs' | 'timeKind' | 'values' | 'channels'>
  readonly lanes: readonly LaneValues[]
  readonly events: readonly EventMark[]
  /** Intervals in which every sample is kept, the most important first. */
  readonly exact: readonly Interval[]
  readonly clock: Clock
}

/** Bytes of numbers in a page; as base64 they take a third more. */
const MOST_BYTES = 6_000_000
const TIME_BYTES = 12

/**
 * The series of a timeline as a page holds it: every sample where they fit into 6 MB, else lowest and highest readings of groups, with every sample in the
 * exact intervals. A reading without time or number is left out. Cost O(N C).
 */
export function packSeries({ frame, lanes, events, exact, clock }: TimelineSource): PackedSeries {
  const n = sampleCount(frame)
  const bytes = lanes.reduce((sum, { expectedAt }) => sum + (expectedAt ? 6 : 4), TIME_BYTES)
  const starts = groupSamples(n, Math.floor(MOST_BYTES / bytes), exact)
  const isExact = starts.length === n + 1
  const times = Float64Array.from(starts.subarray(0, -1), i => frame.timeMs[i])
  const counts = Float32Array.from(times, (_, k) => starts[k + 1] - starts[k])
  return {
    kind: frame.timeKind,
    ...(clock.zone !== undefined && {
      clock: { zone: clock.zone, offsets: offsetChanges(clock, frame.timeMs[0], frame.timeMs[n - 1]) },
    }),
    step: stepOf(frame.timeMs),
    times: packDoubles(times),
    ...(!isExact && { counts: packFloats(counts) }),
    lanes: lanes.map(lane => packLane(lane, starts, isExact)),
    events,
  }
}

function packLane(
  { at, expectedAt, ...facts }: LaneValues,
  starts: Int32Array,
  isExact: boolean,
): PackedLane {
  const { low, high } = groupExtremes(starts, at)
  return {
    ...facts,
    ...(isExact ? { low: packFloats(low) } : { low: packHalves(low), high: packHalves(high) }),
    ...(expectedAt && { expected: packHalves(groupMeans(starts, expectedAt)) }),
  }
}

const MOST_STEPS = 1001

/** Median distance of the first samples. */
export function stepOf(timeMs: ArrayLike<number>): number {
  const count = Math.min(MOST_STEPS, timeMs.length) - 1
  return count > 0 ? median(Float64Array.from({ length: count }, (_, i) => timeMs[i + 1] - timeMs[i])) : 1
}
