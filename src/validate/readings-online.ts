import { appendFrame, type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import { createCopyCounts, createSpikeCounts, stillAlike } from './counts-online.js'
import type { ValidRange } from './options.js'
import { type ChannelProfile, profileOf } from './profile.js'
import { loneDeviation, type Readings } from './readings.js'
import { createSpread, SAMPLED } from './sample.js'
import { createTally, tallyOn } from './tally.js'

/** A sample that is kept: its readings, and how far each is from the mean of its neighbours. */
interface Kept {
  readonly row: Float64Array
  readonly deviations: Float64Array
}

/**
 * The profiles and readings of a series that comes in parts, from counts and at most 4096 samples that are kept. As those of the whole frame, but:
 * `outside` knows the given ranges only; spikes are distinguished to 0.4 % of their size; the first sample beyond a level is the first kept one;
 * copies of a row are found among the rows of the same time. Memory O(C), cost O(C) per sample.
 *
 * @param ranges `[C]`
 */
export function readingsOnline(
  channels: readonly string[],
  ranges: readonly (ValidRange | undefined)[],
): {
  push(frame: Frame): void
  /** Results at the end of the series. */
  finish(): { readonly channels: ChannelProfile[]; readonly readings: Readings }
} {
  const width = channels.length
  const tallies = channels.map(createTally)
  const beyond = channels.map(() => ({ count: 0, first: -1 }))
  const spikes = channels.map(createSpikeCounts)
  const copies = createCopyCounts(width)
  const kept = createSpread<Kept>(SAMPLED)
  /** Channels that were equal so far. */
  let alike: readonly (readonly number[])[] = width > 1 ? [[...channels.keys()]] : []
  /** The last samples before the next part, two at most: a reading is compared with its neighbours when the later one is there. */
  let tail: Frame | undefined
  let samples = 0

  const countBeyond = ({ values }: Frame, c: number, { low, high }: ValidRange) => {
    for (let at = c, i = samples; at < values.length; at += width, i++) {
      const value = values[at]
      if ((value < low || value > high) && Number.isFinite(value) && beyond[c].count++ === 0)
        beyond[c].first = i
    }
  }
  /** Looks at the samples of an interval that have neighbours on both sides; its first one is number `first`. */
  const compareNeighbours = ({ values, timeMs }: Frame, first: number) => {
    for (let c = 0; c < width; c++) {
      for (let i = 1, at = width + c; i + 1 < timeMs.length; i++, at += width) {
        const deviation = loneDeviation(values[at - width], values[at], values[at + width])
        if (deviation > 0) spikes[c].add(first + i, deviation)
      }
    }
    for (let i = 1; i + 1 < timeMs.length; i++) if (kept.wants(first + i)) keep(first + i, values, i)
  }
  const keep = (sample: number, values: Frame['values'], i: number, isEdge = false) => {
    const row = Float64Array.from(values.subarray(i * width, (i + 1) * width))
    const deviations = row.map((value, c) => {
      const at = i * width + c
      return isEdge ? Number.NaN : Math.abs(value - values[at - width] / 2 - values[at + width] / 2)
    })
    kept.add(sample, { row, deviations })
  }

  return {
    push(frame) {
      const n = sampleCount(frame)
      if (n === 0) return
      tallyOn(tallies, frame, samples)
      ranges.forEach((range, c) => {
        if (range) countBeyond(frame, c, range)
      })
      for (let i = 0; i < n && alike.length > 0; i++) alike = stillAlike(alike, frame.values, i * width)
      if (samples === 0) keep(0, frame.values, 0, true)
      const stretch = tail === undefined ? frame : appendFrame(tail, frame)
      const known = sampleCount(stretch) - n
      copies.push(stretch, known, samples - known)
      compareNeighbours(stretch, samples - known)
      samples += n
      const last = sliceFrame(stretch, Math.max(0, sampleCount(stretch) - 2))
      tail = { ...last, timeMs: last.timeMs.slice(), values: last.values.slice() }
    },
    finish() {
      if (tail && samples > 1 && kept.wants(samples - 1))
        keep(samples - 1, tail.values, sampleCount(tail) - 1, true)
      const positions = kept.items().map(([sample]) => sample)
      const column = (of: keyof Kept, c: number) => kept.items().map(([, item]) => item[of][c])
      return {
        channels: channels.map((name, c) =>
          profileOf(tallies[c], {
            name,
            samples,
            positions,
            readings: column('row', c),
            deviations: column('deviations', c),
          }),
        ),
        readings: {
          outside: c => beyond[c],
          spikes: (c, limit) => spikes[c].above(limit),
          firstBeyond(c, start, level, isAbove) {
            const isBeyond = (value: number) => (isAbove ? value > level : value < level)
            const found = kept.items().find(([i, { row }]) => i >= start && isBeyond(Math.abs(row[c])))
            return found?.[0] ?? start
          },
          areEqual: (a, b) => alike.some(group => group.includes(a) && group.includes(b)),
          duplicates: () => copies.found(),
        },
      }
    },
  }
}
