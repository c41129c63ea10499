import type { Interval } from '../core/frame.js'
import { median } from '../stats/index.js'
import { BEYOND } from './history-range.js'
import type { Reference, ScoredSeries, UsualChannel } from './reference.js'
import { BAND, robustError } from './usual-error.js'

/** Samples whose median says where a channel was; fewer than half of them say nothing. */
const BEFORE = 16
/** Samples in which they are sought, and after which where a channel was says nothing. */
const FARTHEST = 1024
/** Changes that are needed to know the usual one, and that are measured at most. */
const CHANGES = { least: 50, most: 500 }

/** What a single channel should read. */
export interface Level {
  readonly value: number
  readonly usualError: number
}

/**
 * What a single channel should read from the beginning of an event on, as no other channel calls for anything: the median of the 16 samples before it that are in no event and in the range
 * of the history; the usual error is the usual change over as many samples as are asked for. Where that says less than the median and the spread of all normal readings, these. The band is held
 * to the range of the history: the level is then the middle of what is left.
 *
 * @param isInEvent `[N]`; without it the median of all normal readings
 * @param range samples that are asked for; the event begins with the first that is marked
 */
export function levelOf(
  { frame: { values } }: Pick<ScoredSeries, 'frame'>,
  reference: Reference,
  isInEvent: Uint8Array | undefined,
  range: Interval,
): Level {
  const [channel] = reference.channels
  const usual = usualLevel(reference)
  if (isInEvent === undefined) return heldTo(channel, usual)
  const marked = isInEvent.subarray(range.start, range.end).indexOf(1)
  const from = marked < 0 ? range.start : range.start + marked
  const before = levelBefore(values, channel, isInEvent, from)
  const change = before === undefined ? undefined : usualChange(reference, range.end - from)
  const own = before !== undefined && change !== undefined && change < usual.usualError
  return heldTo(channel, own ? { value: before, usualError: change } : usual)
}

function usualLevel(reference: Reference): Level {
  const value = reference.channels[0].median
  return {
    value,
    usualError: robustError(
      reference.column(0).map(reading => reading - value),
      value,
    ),
  }
}

/** In the range of the history, where noise leaves it by a little. */
function limitsOf({ min, max }: UsualChannel): { low: number; high: number } {
  const margin = BEYOND * (max - min)
  return { low: min - margin, high: max + margin }
}

function heldTo(channel: UsualChannel, { value, usualError }: Level): Level {
  const limits = limitsOf(channel)
  const low = Math.max(limits.low, value - BAND * usualError)
  const high = Math.min(limits.high, value + BAND * usualError)
  return high > low
    ? { value: (low + high) / 2, usualError: (high - low) / (2 * BAND) }
    : { value, usualError }
}

function levelBefore(
  values: ArrayLike<number>,
  channel: UsualChannel,
  isInEvent: Uint8Array,
  from: number,
): number | undefined {
  const { low, high } = limitsOf(channel)
  const found: number[] = []
  for (let i = from - 1; i >= Math.max(0, from - FARTHEST) && found.length < BEFORE; i--)
    if (isInEvent[i] === 0 && values[i] >= low && values[i] <= high) found.push(values[i])
  return 2 * found.length >= BEFORE ? median(Float64Array.from(found)) : undefined
}

/** By the reference, then by the number of samples: all events of a series ask for the same. */
const changes = new WeakMap<Reference, Map<number, number | undefined>>()

/**
 * Usual distance of a reading from the median of the 16 that end `lag` samples before it, in normal operation. Where normal operation has no part that is long enough, that of the longest lag that
 * can be measured, and its variance beyond that of one sample grows with time as that of a random walk.
 */
function usualChange(reference: Reference, lag: number): number | undefined {
  // A few lags are measured for all events.
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, lag)))
  if (wanted > FARTHEST) return undefined
  const known = changes.get(reference) ?? new Map<number, number | undefined>()
  changes.set(reference, known)
  if (!known.has(wanted)) known.set(wanted, changeOver(reference, wanted))
  return known.get(wanted)
}

function changeOver(reference: Reference, lag: number): number | undefined {
  let measured = lag
  while (measured > 1 && roomFor(reference, measured) < CHANGES.least) measured /= 2
  if (roomFor(reference, measured) < CHANGES.least) return undefined
  const [{ roughness }] = reference.channels
  const error = Math.max(roughness, measuredChange(reference, measured))
  if (measured === lag) return error
  const shortest = Math.max(roughness, measuredChange(reference, 1))
  const growth = measured > 1 ? Math.max(0, error ** 2 - shortest ** 2) / (measured - 1) : 0
  return Math.sqrt(error ** 2 + growth * (lag - measured))
}

/** Samples of an interval that have 16 others `lag` samples before them. */
const placesIn = ({ start, end }: Interval, lag: number) => Math.max(0, end - start - BEFORE - lag + 1)

function roomFor({ intervals }: Reference, lag: number): number {
  return intervals.reduce((sum, interval) => sum + placesIn(interval, lag), 0)
}

function measuredChange(reference: Reference, lag: number): number {
  const { frame, intervals, channels } = reference
  const step = Math.max(1, roomFor(reference, lag) / CHANGES.most)
  const errors: number[] = []
  let next = 0
  let passed = 0
  for (const interval of intervals) {
    const places = placesIn(interval, lag)
    for (; next < passed + places; next += step) {
      const first = interval.start + Math.floor(next - passed)
      const before = Float64Array.from(frame.values.subarray(first, first + BEFORE)).filter(Number.isFinite)
      if (before.length > 0) errors.push(frame.values[first + BEFORE - 1 + lag] - median(before))
    }
    passed += places
  }
  return robustError(Float64Array.from(errors), channels[0].median)
}
