import { type Frame, sampleCount } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'

/** Samples of an interval of a series, every `stride`-th. */
export interface Spaced {
  readonly frame: Frame
  /** Samples of the series from one to the next, a power of two. */
  readonly stride: number
}

/** Samples of a series from shortly before the first one that an event may still have, further apart the more there are. */
export interface SpacedSamples {
  /**
   * @param frame the next samples of the series
   * @param from number of the first of them
   * @param settled no event that is to come has a sample before this one
   */
  push(frame: Frame, from: number, settled: number): void
  /** Those from sample `start` on and before `end`, as far as they are kept: 160 to 320 of a longer interval, with numbers that are multiples of the stride. */
  within(start: number, end: number): Spaced
  state(): State
}

const KIND = 'spaced-samples'
/** Samples of an interval at most. */
const MOST = 320
/** Samples that are kept at most: those between the last settled sample and an event come to them. */
const CAPACITY = 2 * MOST

/**
 * Keeps at most 640 samples beside those of the last push, whatever the number that came.
 *
 * @param empty a frame without samples, with the channels of the series
 * @param before samples that are kept before the first that an event may have
 * @param saved `state()` of another one
 */
export function spacedSamples(empty: Frame, before: number, saved?: State): SpacedSamples {
  const width = empty.channels.length
  const restored =
    saved && checkState(saved, KIND, 1, { place: 3, numbers: null, timeMs: null, values: null })
  const listOf = (name: string) => Array.from(restored?.arrays[name].data ?? [])
  let [stride, first, count] = restored ? listOf('place') : [1, 0, 0]
  let [numbers, timeMs, values] = [listOf('numbers'), listOf('timeMs'), listOf('values')]

  const keep = (isKept: (number: number) => boolean) => {
    const kept = [...numbers.keys()].filter(k => isKept(numbers[k]))
    values = kept.flatMap(k => values.slice(k * width, (k + 1) * width))
    timeMs = kept.map(k => timeMs[k])
    numbers = kept.map(k => numbers[k])
  }
  /** Drops what is settled, and every second sample as often as there are too many. */
  const thin = () => {
    let wanted = 1
    while ((count - first) / wanted > CAPACITY) wanted *= 2
    if (wanted > stride) keep(number => number >= first && number % wanted === 0)
    else {
      const settled = numbers.findIndex(number => number >= first)
      const dropped = settled < 0 ? numbers.length : settled
      numbers.splice(0, dropped)
      timeMs.splice(0, dropped)
      values.splice(0, dropped * width)
    }
    stride = wanted
  }
  return {
    push(frame, from, settled) {
      thin()
      const n = sampleCount(frame)
      for (let i = 0; i < n; i++) {
        if ((from + i) % stride !== 0) continue
        numbers.push(from + i)
        timeMs.push(frame.timeMs[i])
        for (let c = 0; c < width; c++) values.push(frame.values[i * width + c])
      }
      count = from + n
      first = Math.max(0, settled - before)
    },
    within(start, end) {
      let wanted = 1
      while ((end - start) / wanted > MOST) wanted *= 2
      const found = [...numbers.keys()].filter(k => {
        const number = numbers[k]
        return number >= start && number < end && number % wanted === 0
      })
      const frame = {
        ...empty,
        timeMs: Float64Array.from(found, k => timeMs[k]),
        values: Float64Array.from(found.flatMap(k => values.slice(k * width, (k + 1) * width))),
      }
      return { frame, stride: Math.max(stride, wanted) }
    },
    state() {
      thin()
      return {
        kind: KIND,
        version: 1,
        options: {},
        arrays: {
          place: vector(Float64Array.of(stride, first, count)),
          numbers: vector(Float64Array.from(numbers)),
          timeMs: vector(Float64Array.from(timeMs)),
          values: vector(Float64Array.from(values)),
        },
      }
    },
  }
}
