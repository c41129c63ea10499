import { type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import { splitAt } from '../window/index.js'

/** What one pass over the readings of a channel counts. Positions are sample numbers, -1 = none. */
export interface Tally {
  /** Finite readings. */
  count: number
  missing: number
  infinite: number
  firstMissing: number
  firstInfinite: number
  /** Longest run without a finite reading. */
  longestMissing: number
  min: number
  max: number
  /** Readings exactly at `min` and at `max`, and the first of them. */
  atMin: number
  atMax: number
  firstMin: number
  firstMax: number
  /** Sums of the differences to the first reading: small numbers on a large offset. */
  first: number
  sum: number
  squares: number
  /** Steps between neighbouring readings, by direction; `falls` holds the sum of the steps down. */
  ups: number
  downs: number
  rises: number
  falls: number
  firstDown: number
  /** Runs of equal neighbouring readings: how many, and the longest. */
  runs: number
  longestRun: number
  longestRunEnd: number
  /** The reading that stands still in it. */
  longestRunValue: number
  /** State between blocks. */
  previous: number
  run: number
  gap: number
}

/** Counts of a channel before its first reading. */
export function createTally(): Tally {
  return {
    count: 0,
    missing: 0,
    infinite: 0,
    firstMissing: -1,
    firstInfinite: -1,
    longestMissing: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    atMin: 0,
    atMax: 0,
    firstMin: -1,
    firstMax: -1,
    first: Number.NaN,
    sum: 0,
    squares: 0,
    ups: 0,
    downs: 0,
    rises: 0,
    falls: 0,
    firstDown: -1,
    runs: 0,
    longestRun: 0,
    longestRunEnd: 0,
    longestRunValue: Number.NaN,
    previous: Number.NaN,
    run: 0,
    gap: 0,
  }
}

/** Cells of a block: it stays in the second-level cache while each channel passes over it. */
const BLOCK_CELLS = 1 << 14

/**
 * Counts every channel of a frame in one pass over memory. Cost O(N C), nothing is allocated per cell.
 *
 * @param borders samples that do not follow on the one before them, ascending: no run and no step leads across
 */
export function tallyChannels(frame: Frame, borders: readonly number[] = []): Tally[] {
  const tallies = createTallies(frame.channels.length)
  for (const { start, end } of splitAt(sampleCount(frame), borders)) {
    for (const tally of tallies) Object.assign(tally, { previous: Number.NaN, run: 0, gap: 0 })
    tallyOn(tallies, sliceFrame(frame, start, end), start)
  }
  return tallies
}

/** Counts the next samples of a series, the first of which is number `first`. */
export function tallyOn(tallies: readonly Tally[], frame: Frame, first: number): void {
  const n = sampleCount(frame)
  const channels = frame.channels.length
  const rows = Math.max(1, Math.floor(BLOCK_CELLS / Math.max(1, channels)))
  for (let start = 0; start < n; start += rows) {
    const end = Math.min(n, start + rows)
    const block = frame.values.subarray(start * channels, end * channels)
    for (let c = 0; c < channels; c++) tallyBlock(tallies[c], block, c, channels, first + start)
  }
}

/** Tallies of a series of which nothing was seen yet. */
export function createTallies(channels: number): Tally[] {
  return Array.from({ length: channels }, createTally)
}

function tallyBlock(
  tally: Tally,
  values: Float64Array | Float32Array,
  channel: number,
  stride: number,
  offset: number,
): void {
  let { count, min, max, atMin, atMax, first, sum, squares } = tally
  let { ups, downs, rises, falls, runs, longestRun, previous, run } = tally
  for (let i = offset, at = channel; at < values.length; i++, at += stride) {
    const value = values[at]
    if (value - value !== 0) {
      noteGap(tally, value, i)
      previous = Number.NaN
      run = 0
      continue
    }
    if (Number.isNaN(previous)) tally.gap = 0
    if (count++ === 0) first = value
    const shifted = value - first
    sum += shifted
    squares += shifted * shifted
    if (value === min) atMin++
    else if (value < min) {
      min = value
      atMin = 1
      tally.firstMin = i
    }
    if (value === max) atMax++
    else if (value > max) {
      max = value
      atMax = 1
      tally.firstMax = i
    }
    if (value === previous) {
      if (++run > longestRun) {
        longestRun = run
        tally.longestRunEnd = i + 1
        tally.longestRunValue = value
      }
      continue
    }
    runs++
    run = 1
    if (longestRun === 0) {
      longestRun = 1
      tally.longestRunEnd = i + 1
      tally.longestRunValue = value
    }
    const step = value - previous
    if (step > 0) {
      ups++
      rises += step
    } else if (step < 0) {
      if (downs++ === 0) tally.firstDown = i
      falls -= step
    }
    previous = value
  }
  Object.assign(tally, { count, min, max, atMin, atMax, first, sum, squares })
  Object.assign(tally, { ups, downs, rises, falls, runs, longestRun, previous, run })
}

function noteGap(tally: Tally, value: number, i: number): void {
  if (Number.isNaN(value)) {
    if (tally.missing++ === 0) tally.firstMissing = i
  } else if (tally.infinite++ === 0) tally.firstInfinite = i
  if (++tally.gap > tally.longestMissing) tally.longestMissing = tally.gap
}
