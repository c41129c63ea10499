import type { Frame, Interval } from '../core/frame.js'
import { mean, median, quantileOfSorted, standardDeviation } from '../stats/index.js'
import type { ChannelCourse } from './course.js'
import { BEYOND } from './history-range.js'
import type { Reference, ScoredSeries, UsualChannel } from './reference.js'
import { longestRun, type Run } from './run.js'
import { BAND } from './usual-error.js'

/** What a channel did over an event, in numbers that the rules of kinds use. */
export interface ChannelShape {
  readonly usual: UsualChannel
  /** Samples from leaving the band to being back in it; 0 when it never left. */
  readonly samples: number
  /** Largest deviation, in usual errors. */
  readonly largest: number
  /** Share of samples of the event without a reading. */
  readonly missing: number
  readonly run: Run
  /** Mean and standard deviation of the deviation while outside, in usual errors. */
  readonly level: number
  readonly variation: number
  /** Change of a straight line through the deviation from its first to its last sample, and the share of the variance that it explains. */
  readonly rise: number
  readonly linear: number
  /** Change from sample to sample while outside, over the whole event where it never left, as a multiple of the usual one. */
  readonly roughness: number
  /** The same by medians, which steps and spikes do not raise; of the distance from what is expected where that changes less, because the others call for the rest. */
  readonly unrest: number
  /** Samples that stand out from the median of the 9 around them by more than 6 times the usual change. */
  readonly spikes: number
  /** Distance in the 20 samples before it left the band, in the direction of the fault, as a share of the band; NaN where less than 10 are known. */
  readonly approach: number
  /**
   * Change from the median of the 10 samples before to that of the 10 after, or of it less what the trend on both sides makes of it, whichever is less, of the distance from what is expected, in usual changes from sample to
   * sample: where the channel left its band, or where it is largest in the event if it did not; NaN where one of them is missing.
   */
  readonly step: number
  /**
   * The largest step of the reading itself, whatever is expected of it, found as `step` from the start of the event to where it left its band: over the largest that was found in normal operation, and
   * at least half of `level`. Absent where it is not known.
   */
  readonly jump?: number
  /** Samples that lie above and below what is expected by more than 3 usual errors, whichever are fewer. */
  readonly swings: number
  /** Share of the samples of the event, taken as at least 8, whose readings lie outside of the range of the history, by more than 2 % of it; whatever its band is. A sample without a reading does not. */
  readonly beyond: number
  /** Whether it was outside of its band before the samples that are looked at. */
  readonly isOld?: boolean
  /** Median of reading / expected while outside; NaN when the expected reading is about 0. */
  readonly ratio: number
  /** Median of the deviation while outside, as a share of the range of the history. */
  readonly shift: number
}

/** A channel over all of an event of which the series holds the beginning alone. */
interface Whole {
  readonly frame: Frame
  readonly course: ChannelCourse
  /** The event in it. */
  readonly event: Interval
  readonly stride: number
}

/**
 * Cost O(n) per channel.
 *
 * @param whole of a longer event: what does not depend on neighbouring samples is that of all of it
 */
export function shapeOf(
  { frame }: ScoredSeries,
  reference: Reference,
  course: ChannelCourse,
  event: Interval,
  whole: Whole = { frame, course, event, stride: 1 },
): ChannelShape {
  const { channel, range, expected, deviation, outside, halfBand } = course
  const usual = reference.channels[channel]
  const zone = outside ?? { start: range.start, end: range.start }
  const readings = readingsOf(frame, channel, zone)
  const inRange = ({ start, end }: Interval) => ({ start: start - range.start, end: end - range.start })
  const wantedIn = (part: Interval) => expected.subarray(inRange(part).start, inRange(part).end)
  const all = readingsOf(frame, channel, range)
  const inEvent = readingsOf(frame, channel, event)
  const from = Math.min(event.start, outside?.start ?? event.start)
  const distance = distanceOf(usual, whole)
  const usualStep = Math.max(
    usualJump(reference, channel),
    (PART * Math.abs(distance.level) * halfBand) / BAND,
  )
  const jump = largestStep(all, inRange({ start: from, end: outside?.start ?? from })) / usualStep
  return {
    usual,
    isOld: course.isOld,
    ...distance,
    missing: all.filter(value => !Number.isFinite(value)).length / Math.max(1, all.length),
    run: longestRun(frame, channel, range, usual),
    roughness: roughnessOf(outside ? readings : inEvent) / (usual.roughness || 1),
    // Where single readings left the band here and there, those say nothing about the event.
    unrest:
      (2 * readings.length >= inEvent.length
        ? ownUnrest(readings, wantedIn(zone))
        : ownUnrest(inEvent, wantedIn(event))) / (usual.roughness || 1),
    approach: approachOf(deviation, zone.start - range.start, partOf(course)),
    step: largestStep(
      all.map((reading, i) => (reading - expected[i]) / (usual.roughness || 1)),
      inRange(outside === null ? event : { start: outside.start, end: outside.start }),
    ),
    ...(Number.isFinite(jump) && { jump }),
    spikes: spikesOf(all, usual.roughness, event.start - range.start, event.end - range.start),
  }
}

/** The deviation while outside of the band. */
function partOf({ range, deviation, outside }: ChannelCourse): Float64Array {
  const zone = outside ?? { start: range.start, end: range.start }
  return deviation.subarray(zone.start - range.start, zone.end - range.start).filter(Number.isFinite)
}

/** What does not depend on neighbouring samples: how far and how long a channel was from what is expected, and along which line. */
function distanceOf(usual: UsualChannel, { frame, course, event, stride }: Whole) {
  const { channel, range, expected, deviation, outside, halfBand } = course
  const zone = outside ?? { start: range.start, end: range.start }
  const part = partOf(course)
  const readings = readingsOf(frame, channel, zone)
  const wanted = expected.subarray(zone.start - range.start, zone.end - range.start)
  const before = readingsOf(frame, channel, { start: range.start, end: zone.start }).filter(Number.isFinite)
  // Of a single channel the middle of its band may be that of the range of the history.
  const own = frame.channels.length === 1 && before.length > 0 ? median(before) : undefined
  const ratios = readings.map((value, k) => value / (own ?? wanted[k])).filter(Number.isFinite)
  const scale = usual.max - usual.min
  return {
    samples: stride * (zone.end - zone.start),
    largest: deviation.reduce((most, z) => (Number.isNaN(z) ? most : Math.max(most, Math.abs(z))), 0),
    level: part.length > 0 ? mean(part) : 0,
    variation: part.length > 1 ? standardDeviation(part) : 0,
    ...line(part),
    swings: stride * Math.min(...[1, -1].map(side => deviation.filter(z => side * z > SWING).length)),
    beyond: beyondShare(readingsOf(frame, channel, event), usual),
    ratio: Math.abs(usual.median) > 0.5 * usual.spread ? median(ratios) : Number.NaN,
    shift: scale > 0 && part.length > 0 ? (median(part) * (halfBand / 4)) / scale : 0,
  }
}

/** Samples that an event is taken to have at least: what lasts no longer than a spike is no operation of the machine. */
const SHORTEST_BEYOND = 8

function beyondShare(readings: Float64Array, { min, max }: UsualChannel): number {
  const margin = BEYOND * (max - min)
  const isBeyond = readings.filter(value => value < min - margin || value > max + margin)
  return isBeyond.length / Math.max(SHORTEST_BEYOND, readings.length)
}

function readingsOf({ values, channels }: Frame, channel: number, { start, end }: Interval): Float64Array {
  const readings = new Float64Array(end - start)
  for (let k = 0; k < readings.length; k++) readings[k] = values[(start + k) * channels.length + channel]
  return readings
}

/** Least squares against time. */
function line(values: Float64Array): { rise: number; linear: number } {
  const n = values.length
  if (n < 3) return { rise: 0, linear: 0 }
  const centre = (n - 1) / 2
  const average = mean(values)
  let [cross, square, total] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    cross += (i - centre) * (values[i] - average)
    square += (i - centre) ** 2
    total += (values[i] - average) ** 2
  }
  const slope = cross / square
  return { rise: slope * (n - 1), linear: total > 0 ? (slope * cross) / total : 0 }
}

function roughnessOf(values: Float64Array): number {
  let sum = 0
  let count = 0
  // The steps in and out of the fault say nothing about how rough it is.
  for (let i = 2; i < values.length - 1; i++) {
    const change = values[i] - values[i - 1]
    if (!Number.isFinite(change)) continue
    sum += change * change
    count++
  }
  return count > 0 ? Math.sqrt(sum / count) : 0
}

/** Median change from sample to sample, as the standard deviation of noise that has it. */
function unrestOf(values: Float64Array): number {
  const changes = values
    .subarray(1)
    .map((value, i) => Math.abs(value - values[i]))
    .filter(Number.isFinite)
  return changes.length > 0 ? median(changes) / 0.6745 : 0
}

/** Of readings, or of what the others do not call for, whichever is less. */
function ownUnrest(readings: Float64Array, wanted: Float64Array): number {
  return Math.min(unrestOf(readings), unrestOf(readings.map((reading, k) => reading - wanted[k])))
}

/** Samples on both sides of a step, and samples in which it is sought: bands are left a little before or after it. */
const SIDE = 10
const NEAR = 2

/** The largest step of values at the samples from `start` on and up to `end`, and a little around them; NaN where none is known. Cost O(end - start). */
function largestStep(values: Float64Array, { start, end }: Interval): number {
  const first = Math.max(SIDE, start - NEAR)
  let largest = Number.NaN
  /** Those that were before a step and will be after one, or the other way round. */
  const sides = new Map<number, Side | undefined>()
  const sideFrom = (from: number) => {
    if (!sides.has(from)) sides.set(from, sideOf(values, from))
    return sides.get(from)
  }
  for (let at = first; at <= end + NEAR; at++) {
    const step = stepBetween(sideFrom(at - SIDE), sideFrom(at))
    if (step !== undefined && !(step <= largest)) largest = step
  }
  return largest
}

/** Share of the distance from the expected value that a step is compared with: only one that covers more is a level shift, as a process can step during a drift. */
const PART = 0.5
/** Places of normal operation at which changes are measured. */
const PLACES = 500
/** By the reference, then by the channel: all events of a series ask for the same. */
const jumps = new WeakMap<Reference, Map<number, number>>()

/** The largest step in normal operation, at 500 places; 0 where it is not known. */
function usualJump(reference: Reference, channel: number): number {
  const known = jumps.get(reference) ?? new Map<number, number>()
  jumps.set(reference, known)
  const found = known.get(channel) ?? measuredJump(reference, channel)
  known.set(channel, found)
  return found
}

function measuredJump({ frame, intervals }: Reference, channel: number): number {
  const placesIn = ({ start, end }: Interval) => Math.max(0, end - start - 2 * SIDE + 1)
  const places = intervals.reduce((sum, interval) => sum + placesIn(interval), 0)
  const step = Math.max(1, places / PLACES)
  let largest = 0
  let [next, passed] = [0, 0]
  for (const interval of intervals) {
    const own = placesIn(interval)
    for (; next < passed + own; next += step) {
      const start = interval.start + Math.floor(next - passed)
      const readings = readingsOf(frame, channel, { start, end: start + 2 * SIDE })
      const change = stepBetween(sideOf(readings, 0), sideOf(readings, SIDE))
      if (change !== undefined && change > largest) largest = change
    }
    passed += own
  }
  return largest
}

/** Ten samples on one side of a step: their median, and how far a line through them rises over their length. */
interface Side {
  readonly middle: number
  readonly rise: number
}

/** From the median of the samples before a step to that of those from it on, or that less what the trend on both sides makes of it, whichever is less; undefined where a reading is missing. */
function stepBetween(before: Side | undefined, after: Side | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined
  const change = after.middle - before.middle
  return Math.min(Math.abs(change), Math.abs(change - (before.rise + after.rise) / 2))
}

/** The side that begins at a sample; undefined where a reading is missing. */
function sideOf(values: Float64Array, from: number): Side | undefined {
  if (from + SIDE > values.length) return undefined
  for (let i = from; i < from + SIDE; i++) if (!Number.isFinite(values[i])) return undefined
  const half = SIDE / 2
  const middle = middleOf(values, from, SIDE)
  return { middle, rise: 2 * (middleOf(values, from + half, half) - middleOf(values, from, half)) }
}

const sorted = { [SIDE]: new Float64Array(SIDE), [SIDE / 2]: new Float64Array(SIDE / 2) }

/** The median of a few values, by insertion: `median` makes copies, and there are many sides. */
function middleOf(values: Float64Array, from: number, count: number): number {
  const few = sorted[count]
  for (let k = 0; k < count; k++) {
    const value = values[from + k]
    let place = k
    for (; place > 0 && few[place - 1] > value; place--) few[place] = few[place - 1]
    few[place] = value
  }
  return quantileOfSorted(few, 0.5)
}

const SWING = 3
/** Samples before the fault, and how many of them have to be there. */
const BEFORE = { most: 20, least: 10 }

function approachOf(deviation: Float64Array, start: number, outside: Float64Array): number {
  const before = deviation.subarray(Math.max(0, start - BEFORE.most), start).filter(Number.isFinite)
  if (before.length < BEFORE.least || outside.length === 0) return Number.NaN
  return (Math.sign(median(outside)) * median(before)) / BAND
}

/** Samples on both sides that a reading is compared with. */
const AROUND = 4
const FAR = 6

function spikesOf(values: Float64Array, roughness: number, start: number, end: number): number {
  if (!(roughness > 0)) return 0
  let count = 0
  for (let i = start; i < end; i++) {
    const near = values.subarray(Math.max(0, i - AROUND), i + AROUND + 1)
    // The median lies between the others, so most samples need none.
    let [low, high] = [values[i], values[i]]
    for (let k = 0; k < near.length; k++) {
      if (near[k] < low) low = near[k]
      else if (near[k] > high) high = near[k]
    }
    if (high - low > FAR * roughness && Math.abs(values[i] - median(near)) > FAR * roughness) count++
  }
  return count
}
