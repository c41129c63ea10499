import { type Frame, sampleCount } from '../core/frame.js'
import { checkState, nestedState, nestStates, type State, vector } from '../core/state.js'
import { type Spaced, spacedSamples } from './spaced-samples.js'

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
  /** What was kept of a long event that ended with the last `push`, where `current` begins after it. */
  readonly ended: Segment | undefined
  /** All of an event, however long it is: its samples from `start` on and before `end`, further apart the more there are. */
  spaced(start: number, end: number): Spaced
  state(): State
}

const KIND = 'recent-samples'

/**
 * Keeps at most `before + most` samples, whatever the number that came: of an event that is longer its first ones; and of all of it evenly spaced ones, see `spacedSamples`.
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
  const width = empty.channels.length
  const saved = from ? readState(from, empty) : { count: 0, kept: { from: 0, frame: empty } }
  let { count } = saved
  const spaced = spacedSamples(empty, before, from && nestedState(from, 'spaced'))
  let { timeMs, values } = saved.kept.frame
  /** Places of the current samples, the number of the first, and the places of those that are kept at the next push. */
  let [head, tail, first] = [0, timeMs.length, saved.kept.from]
  let kept = { head, tail }
  let ended: Segment | undefined

  const reserve = (n: number) => {
    const size = tail - head
    const isLarge = timeMs.length > 4 * (before + most) && size + n <= before + most
    if (tail + n <= timeMs.length && !isLarge) return
    const capacity = isLarge || 2 * (size + n) > timeMs.length ? 2 * (size + n) : timeMs.length
    const [times, readings] = [new Float64Array(capacity), new Float64Array(capacity * width)]
    times.set(timeMs.subarray(head, tail))
    readings.set(values.subarray(head * width, tail * width))
    timeMs = times
    values = readings
    head = 0
    tail = size
  }
  const frameOf = (start: number, end: number): Frame => ({
    ...empty,
    timeMs: timeMs.subarray(start, end),
    values: values.subarray(start * width, end * width),
  })
  return {
    get current() {
      return { from: first, frame: frameOf(head, tail) }
    },
    get ended() {
      return ended
    },
    push(frame, settled) {
      const n = sampleCount(frame)
      spaced.push(frame, count, settled)
      ended = undefined
      first += kept.head - head
      head = kept.head
      tail = kept.tail
      if (first + tail - head !== count) {
        // A part of a long event that was not kept lies between: what is kept begins again when that event is over, and nothing that is kept belongs to one that is to come.
        if (settled < first + tail - head) {
          count += n
          return
        }
        const { timeMs, values } = frameOf(head, tail)
        ended = { from: first, frame: { ...empty, timeMs: timeMs.slice(), values: values.slice() } }
        tail = head
        first = count
      }
      reserve(n)
      timeMs.set(frame.timeMs, tail)
      values.set(frame.values, tail * width)
      tail += n
      count += n
      const start = head + Math.max(0, Math.min(settled, count) - before - first)
      kept = { head: start, tail: Math.max(start, Math.min(tail, start + before + most)) }
    },
    spaced: spaced.within,
    state() {
      const { options, arrays } = nestStates({ spaced: spaced.state() })
      return {
        kind: KIND,
        version: 1,
        options,
        arrays: {
          ...arrays,
          place: vector(Float64Array.of(count, first + kept.head - head)),
          timeMs: vector(timeMs.slice(kept.head, kept.tail)),
          values: vector(Float64Array.from(values.subarray(kept.head * width, kept.tail * width))),
        },
      }
    },
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
