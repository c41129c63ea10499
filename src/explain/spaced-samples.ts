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
  /** Those from sample `start` on and before `end`: 160 to 320 of a longer interval, with numbers that are multiples of the stride. */
  within(start: number, end: number): Spaced
  state(): State
}

const KIND = 'spaced-samples'
/** Samples of an interval at most. */
const MOST = 320
/** Numbers that are divisible by a power of two are kept for this many times as many samples: an interval and, behind it, what comes before its end is known. */
const KEPT = 768
/** Samples that come between two times at which others are dropped. */
const LAZY = 256

/** Largest power of two that divides a number. */
function stepOf(number: number): number {
  if (number === 0) return Number.POSITIVE_INFINITY
  let step = 1
  while (number % (2 * step) === 0) step *= 2
  return step
}

/**
 * Keeps the last 768 samples of an event, and of older ones every second, fourth, ... one: 384 for each doubling of its length. Which samples an interval is given depends on the interval alone, not on how samples
 * come together.
 *
 * @param empty a frame without samples, with the channels of the series
 * @param before samples that are kept before the first that an event may have
 * @param saved `state()` of another one
 */
export function spacedSamples(empty: Frame, before: number, saved?: State): SpacedSamples {
  const width = empty.channels.length
  const restored =
    saved && checkState(saved, KIND, 1, { place: 2, numbers: null, timeMs: null, values: null })
  const listOf = (name: string) => Array.from(restored?.arrays[name].data ?? [])
  let [first, count] = restored ? listOf('place') : [0, 0]
  let [numbers, timeMs, values] = [listOf('numbers'), listOf('timeMs'), listOf('values')]
  let fewest = numbers.length

  const samplesWhere = (isWanted: (number: number) => boolean) => {
    const found = [...numbers.keys()].filter(k => isWanted(numbers[k]))
    return {
      numbers: found.map(k => numbers[k]),
      timeMs: found.map(k => timeMs[k]),
      values: found.flatMap(k => values.slice(k * width, (k + 1) * width)),
    }
  }
  const thin = () => {
    const kept = samplesWhere(number => number >= first && number >= count - KEPT * stepOf(number))
    ;({ numbers, timeMs, values } = kept)
    fewest = numbers.length
  }
  return {
    push(frame, from, settled) {
      if (numbers.length > fewest + LAZY) thin()
      const n = sampleCount(frame)
      for (let i = 0; i < n; i++) {
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
      const found = samplesWhere(number => number >= start && number < end && number % wanted === 0)
      const frame = {
        ...empty,
        timeMs: Float64Array.from(found.timeMs),
        values: Float64Array.from(found.values),
      }
      return { frame, stride: wanted }
    },
    state() {
      thin()
      return {
        kind: KIND,
        version: 1,
        options: {},
        arrays: {
          place: vector(Float64Array.of(first, count)),
          numbers: vector(Float64Array.from(numbers)),
          timeMs: vector(Float64Array.from(timeMs)),
          values: vector(Float64Array.from(values)),
        },
      }
    },
  }
}
