import { type Frame, sampleCount } from '../core/frame.js'
import type { ValidRange } from './options.js'
import { readingsAt } from './sample.js'

/** Some samples, and the first of them; -1 = none. */
export interface Places {
  readonly count: number
  readonly first: number
}

export interface Spikes extends Places {
  /** The largest deviation from the mean of both neighbours. */
  readonly largest: number
  /** What three readings in succession reach downwards and upwards: a spike alone does not count. */
  readonly sustained: ValidRange
}

/** What checks ask of the readings themselves, beyond the profile of a channel. */
export interface Readings {
  /** Finite readings of a channel outside of a range. */
  outside(channel: number, range: ValidRange): Places
  /** Readings that differ from the mean of their neighbours by more than `limit`, while these agree with each other. */
  spikes(channel: number, limit: number): Spikes
  /** The first sample from `start` on whose absolute reading lies above (or below) a level; `start` without one. */
  firstBeyond(channel: number, start: number, level: number, isAbove: boolean): number
  /** Readings of a channel at some samples. */
  at(channel: number, samples: Int32Array): Float64Array
  /** Whether two channels are equal in every sample, missing readings included. */
  areEqual(a: number, b: number): boolean
  /** Samples that repeat an earlier one, its time included when there is one. */
  duplicates(): Places
}

/** Both neighbours of a spike must agree with each other this much better than with the reading between them. */
const ALONE = 4

/** How far a reading is from the mean of its neighbours when it stands alone; 0 when it does not. */
export function loneDeviation(before: number, value: number, after: number): number {
  const deviation = Math.abs(value - (before + after) / 2)
  return deviation > ALONE * Math.abs(after - before) && deviation < Number.POSITIVE_INFINITY ? deviation : 0
}

/** Whether a reading equals another; missing ones equal each other. */
export function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b))
}

/** The readings of a whole frame. Each question costs a pass over a channel, `duplicates` 4 bytes x 2 to 4 N. */
export function frameReadings(frame: Frame): Readings {
  const { values, channels } = frame
  const width = channels.length
  return {
    outside(c, { low, high }) {
      let count = 0
      let first = -1
      for (let at = c, i = 0; at < values.length; at += width, i++) {
        const value = values[at]
        if ((value < low || value > high) && Number.isFinite(value) && count++ === 0) first = i
      }
      return { count, first }
    },
    spikes(c, limit) {
      let count = 0
      let first = -1
      let largest = 0
      let before = values[c]
      let value = values[c + width]
      let low = Number.POSITIVE_INFINITY
      let high = Number.NEGATIVE_INFINITY
      for (let at = c + 2 * width, i = 1; at < values.length; at += width, i++) {
        const after = values[at]
        const deviation = loneDeviation(before, value, after)
        if (deviation > limit) {
          if (count++ === 0) first = i
          if (deviation > largest) largest = deviation
        }
        const top = Math.max(before, value, after)
        const bottom = Math.min(before, value, after)
        if (top < low) low = top
        if (bottom > high) high = bottom
        before = value
        value = after
      }
      return { count, first, largest, sustained: { low, high } }
    },
    firstBeyond(c, start, level, isAbove) {
      for (let i = start; i < sampleCount(frame); i++) {
        const value = Math.abs(values[i * width + c])
        if (isAbove ? value > level : value < level) return i
      }
      return start
    },
    at: (c, samples) => readingsAt(frame, c, samples),
    areEqual(a, b) {
      for (let row = 0; row < values.length; row += width)
        if (!isSame(values[row + a], values[row + b])) return false
      return true
    },
    duplicates: () => countDuplicates(frame),
  }
}

/** Rows equal to an earlier row, by a table of hashes with open addressing; NaN equals NaN. Cost O(N C), memory 4 bytes x 2 to 4 N. */
export function countDuplicates(frame: Frame): Places {
  const { timeMs, timeKind, values } = frame
  const n = sampleCount(frame)
  const width = frame.channels.length
  const bits = 1 + Math.ceil(Math.log2(Math.max(2, n)))
  const slots = new Int32Array(2 ** bits).fill(-1)
  const mask = slots.length - 1
  const words = new Uint32Array(2)
  const number = new Float64Array(words.buffer)
  const isEqual = (a: number, b: number) => {
    if (timeKind === 'utc' && timeMs[a] !== timeMs[b]) return false
    for (let c = 0; c < width; c++) {
      if (!isSame(values[a * width + c], values[b * width + c])) return false
    }
    return true
  }
  let count = 0
  let first = -1
  for (let i = 0; i < n; i++) {
    let hash = 0x811c9dc5
    const mix = (value: number) => {
      // -0 equals 0, and every NaN equals every other.
      number[0] = Number.isNaN(value) ? Number.NaN : value + 0
      hash = Math.imul(hash ^ words[0], 0x85ebca6b)
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[1], 0xc2b2ae35)
    }
    if (timeKind === 'utc') mix(timeMs[i])
    for (let c = 0; c < width; c++) mix(values[i * width + c])
    let slot = (hash ^ (hash >>> 16)) & mask
    while (slots[slot] >= 0 && !isEqual(slots[slot], i)) slot = (slot + 1) & mask
    if (slots[slot] < 0) slots[slot] = i
    else if (count++ === 0) first = i
  }
  return { count, first }
}
