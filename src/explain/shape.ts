import type { Frame, Interval } from '../core/frame.js'
import { mean, median, standardDeviation } from '../stats/index.js'
import { BAND, type ChannelCourse } from './course.js'
import type { Reference, ScoredSeries, UsualChannel } from './reference.js'

/** What a channel did over an event, in numbers that the rules of kinds use. */
export interface ChannelShape {
  readonly usual: UsualChannel
  /** Samples from leaving the band to being back in it; 0 when it never left. */
  readonly samples: number
  /** Largest deviation, in usual errors. */
  readonly largest: number
  /** Share of samples of the event without a reading. */
  readonly missing: number
  /** Longest run of equal readings, its reading, and the change that led to it in spreads. */
  readonly run: { readonly samples: number; readonly value: number; readonly step: number }
  /** Mean and standard deviation of the deviation while outside, in usual errors. */
  readonly level: number
  readonly variation: number
  /** Change of a straight line through the deviation from its first to its last sample, and the share of the variance that it explains. */
  readonly rise: number
  readonly linear: number
  /** Change from sample to sample while outside, over the whole event where it never left, as a multiple of the usual one. */
  readonly roughness: number
  /** The same by medians, which steps and spikes do not raise. */
  readonly unrest: number
  /** Samples that stand out from the median of the 9 around them by more than 6 times the usual change. */
  readonly spikes: number
  /** Distance in the 20 samples before it left the band, in the direction of the fault, as a share of the band; NaN where less than 10 are known. */
  readonly approach: number
  /** Samples that lie above and below what is expected by more than 3 usual errors, whichever are fewer. */
  readonly swings: number
  /** Share of the samples outside of the band whose readings lie outside of the range of the history, by more than 2 % of it. */
  readonly beyond: number
  /** Median of reading / expected while outside; NaN when the expected reading is about 0. */
  readonly ratio: number
  /** Median of the deviation while outside, as a share of the range of the history. */
  readonly shift: number
}

/** Cost O(n) per channel. */
export function shapeOf(
  { frame }: ScoredSeries,
  { channels: usuals }: Reference,
  course: ChannelCourse,
  event: Interval,
): ChannelShape {
  const { channel, range, expected, deviation, outside, halfBand } = course
  const usual = usuals[channel]
  const zone = outside ?? { start: range.start, end: range.start }
  const part = deviation.subarray(zone.start - range.start, zone.end - range.start).filter(Number.isFinite)
  const readings = readingsOf(frame, channel, zone)
  const wanted = expected.subarray(zone.start - range.start, zone.end - range.start)
  const scale = usual.max - usual.min
  const margin = 0.02 * scale
  const isBeyond = readings.filter(value => value < usual.min - margin || value > usual.max + margin)
  const ratios = readings.map((value, k) => value / wanted[k]).filter(Number.isFinite)
  const inEvent = readingsOf(frame, channel, event)
  const all = readingsOf(frame, channel, range)
  return {
    usual,
    samples: zone.end - zone.start,
    largest: deviation.reduce((most, z) => (Number.isNaN(z) ? most : Math.max(most, Math.abs(z))), 0),
    missing: all.filter(value => !Number.isFinite(value)).length / Math.max(1, all.length),
    run: longestRun(all, usual.spread),
    level: part.length > 0 ? mean(part) : 0,
    variation: part.length > 1 ? standardDeviation(part) : 0,
    ...line(part),
    roughness: roughnessOf(outside ? readings : inEvent) / (usual.roughness || 1),
    // Where single readings left the band here and there, those say nothing about the event.
    unrest: unrestOf(2 * readings.length >= inEvent.length ? readings : inEvent) / (usual.roughness || 1),
    approach: approachOf(deviation, zone.start - range.start, part),
    swings: Math.min(...[1, -1].map(side => deviation.filter(z => side * z > SWING).length)),
    spikes: spikesOf(all, usual.roughness, event.start - range.start, event.end - range.start),
    beyond: isBeyond.length / Math.max(1, readings.length),
    ratio: Math.abs(usual.median) > 0.5 * usual.spread ? median(ratios) : Number.NaN,
    shift: scale > 0 && part.length > 0 ? (median(part) * (halfBand / 4)) / scale : 0,
  }
}

function readingsOf({ values, channels }: Frame, channel: number, { start, end }: Interval): Float64Array {
  const readings = new Float64Array(end - start)
  for (let k = 0; k < readings.length; k++) readings[k] = values[(start + k) * channels.length + channel]
  return readings
}

function longestRun(values: Float64Array, spread: number): ChannelShape['run'] {
  let best = { samples: 0, value: Number.NaN, step: 0 }
  for (let start = 0; start < values.length; ) {
    let end = start + 1
    while (end < values.length && values[end] === values[start]) end++
    if (end - start > best.samples && Number.isFinite(values[start])) {
      const step = start > 0 && spread > 0 ? Math.abs(values[start] - values[start - 1]) / spread : 0
      best = { samples: end - start, value: values[start], step }
    }
    start = end
  }
  return best
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
