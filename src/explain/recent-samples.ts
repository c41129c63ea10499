import { appendFrames, type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'

/** Consecutive samples of a series and the number of the first of them. */
export interface Segment {
  readonly from: number
  readonly frame: Frame
}

/** The samples from shortly before the first one that an event may still have. */
export interface RecentSamples {
  /**
   * @param frame the next samples of the series
   * @param settled no event that is to come has a sample before this one
   */
  push(frame: Frame, settled: number): void
  /** What was kept before the last `push`, and its samples: events that it opened or closed lie in them. */
  readonly current: Segment
  state(): State
}

const KIND = 'recent-samples'

/**
 * Keeps at most `before + most` samples, whatever the number that came: of an event that is longer its first ones.
 *
 * @param empty a frame without samples, with the channels of the series
 * @param before samples that are kept before the first that an event may have
 * @param most samples that are kept from there on
 * @param from `state()` of another one
 */
export function recentSamples(
  empty: Frame,
  { before, most }: { readonly before: number; readonly most: number },
  from?: State,
): RecentSamples {
  let { count, kept } = from ? readState(from, empty) : { count: 0, kept: { from: 0, frame: empty } }
  /** With the samples of the last push. */
  let current = kept
  return {
    get current() {
      return current
    },
    push(frame, settled) {
      const end = kept.from + sampleCount(kept.frame)
      // A part of a long event that was not kept lies between: what is kept begins again when that event is over.
      if (end === count) current = { from: kept.from, frame: appendFrames([kept.frame, frame]) }
      else if (settled >= count) current = { from: count, frame }
      else current = kept
      count += sampleCount(frame)
      const start = Math.max(current.from, Math.min(settled, count) - before)
      const [first, last] = [
        start - current.from,
        Math.min(sampleCount(current.frame), start - current.from + before + most),
      ]
      kept = { from: start, frame: sliceFrame(current.frame, first, Math.max(first, last)) }
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: {},
      arrays: {
        place: vector(Float64Array.of(count, kept.from)),
        timeMs: vector(kept.frame.timeMs.slice()),
        values: vector(Float64Array.from(kept.frame.values)),
      },
    }),
  }
}

function readState(from: State, empty: Frame): { readonly count: number; readonly kept: Segment } {
  const { place, timeMs } = checkState(from, KIND, 1, { place: 2, timeMs: null }).arrays
  const cells = timeMs.data.length * empty.channels.length
  const { values } = checkState(from, KIND, 1, { values: cells }).arrays
  const [count, first] = place.data
  const frame = { ...empty, timeMs: Float64Array.from(timeMs.data), values: Float64Array.from(values.data) }
  return { count, kept: { from: first, frame } }
}
