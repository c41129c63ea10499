import type { Frame } from '../core/frame.js'
import { isSame, type Places, type Spikes } from './readings.js'

/** Histogram of deviations, for a limit that is known only at the end. */
export interface SpikeCounts {
  add(sample: number, deviation: number): void
  above(limit: number): Spikes
}

interface SizeClass {
  count: number
  readonly first: number
  least: number
  largest: number
}

/** Classes of 1/256 of an octave: deviations of one class are all counted on the same side of the limit. */
export function createSpikeCounts(): SpikeCounts {
  const classes = new Map<number, SizeClass>()
  const number = new Float64Array(1)
  const words = new Uint32Array(number.buffer)
  return {
    add(sample, deviation) {
      number[0] = deviation
      // Sign, exponent and the first 8 bits of the fraction.
      const key = words[1] >>> 12
      const known = classes.get(key)
      if (known === undefined)
        classes.set(key, { count: 1, first: sample, least: deviation, largest: deviation })
      else {
        known.count++
        if (deviation < known.least) known.least = deviation
        if (deviation > known.largest) known.largest = deviation
      }
    },
    above(limit) {
      let count = 0
      let first = -1
      let largest = 0
      for (const found of classes.values()) {
        if (!(found.least > limit)) continue
        count += found.count
        if (first < 0 || found.first < first) first = found.first
        if (found.largest > largest) largest = found.largest
      }
      return { count, first, largest }
    },
  }
}

/** Rows of one time that are compared with each other. */
const MOST_OF_ONE_TIME = 1024

/** Counts the rows that repeat an earlier one of the same time, as long as equal times follow one another. */
export function createCopyCounts(width: number): {
  /** Samples `[from, N)` of an interval whose first sample is number `first`. */
  push(stretch: Frame, from: number, first: number): void
  found(): Places
} {
  let rows: Float64Array[] = []
  let count = 0
  let firstCopy = -1
  return {
    push({ timeMs, values }, from, first) {
      const rowOf = (i: number) => Float64Array.from(values.subarray(i * width, (i + 1) * width))
      for (let i = Math.max(1, from); i < timeMs.length; i++) {
        if (timeMs[i] !== timeMs[i - 1]) {
          if (rows.length > 0) rows = []
          continue
        }
        if (rows.length === 0) rows.push(rowOf(i - 1))
        const row = rowOf(i)
        if (rows.some(other => other.every((value, c) => isSame(value, row[c])))) {
          if (count++ === 0) firstCopy = first + i
        } else if (rows.length < MOST_OF_ONE_TIME) rows.push(row)
      }
    },
    found: () => ({ count, first: firstCopy }),
  }
}

/** The groups of channels that are still equal after one more row, which begins at `at`. */
export function stillAlike(
  groups: readonly (readonly number[])[],
  values: Frame['values'],
  at: number,
): readonly (readonly number[])[] {
  if (groups.every(([first, ...others]) => others.every(c => isSame(values[at + c], values[at + first]))))
    return groups
  return groups.flatMap(group => {
    const parts: number[][] = []
    for (const c of group) {
      const part = parts.find(([first]) => isSame(values[at + first], values[at + c]))
      if (part) part.push(c)
      else parts.push([c])
    }
    return parts.filter(({ length }) => length > 1)
  })
}
