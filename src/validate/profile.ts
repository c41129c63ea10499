import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { nearestQuantile, outline, readingsAt, SAMPLED, sortedFinite, spreadPositions } from './sample.js'
import { type Tally, tallyChannels } from './tally.js'

/** Statistics of the readings of a channel. Without a finite reading the numbers are NaN. */
export interface ChannelProfile {
  readonly name: string
  /** Samples N. */
  readonly samples: number
  readonly missing: number
  readonly infinite: number
  /** Part of the samples without a finite reading, 0 to 1. */
  readonly missingShare: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Population standard deviation. */
  readonly sd: number
  /** Quartiles and median, of at most 4096 readings spread over the frame. */
  readonly quartiles: readonly [number, number, number]
  /** Robust size of the difference between a reading and the mean of its neighbours; 0 for a channel that moves in steps. */
  readonly noise: number
  /** Different values among the same readings; equal to their number, it says "as good as continuous". */
  readonly distinct: number
  readonly sampled: number
  /** The longest run of equal readings, and the longest expected from its other runs. */
  readonly longestRun: Interval
  readonly usualRun: number
  /** Means of up to 60 equal intervals, in order; null where nothing was read. */
  readonly outline: readonly (number | null)[]
  readonly tally: Readonly<Tally>
}

const OUTLINE_PARTS = 60
/** Shorter runs are ignored. */
const SHORT_RUN = 10
/** How unlikely a run must be, over all runs of the channel, to count as frozen. */
const RARE = 1e-6

/**
 * Profiles every channel of a frame. Cost: one pass, O(N C), and O(C) sorts of at most 4096 readings.
 *
 * @param borders samples that do not follow on the one before them
 */
export function profileChannels(frame: Frame, borders: readonly number[] = []): ChannelProfile[] {
  const positions = spreadPositions(sampleCount(frame), SAMPLED)
  const samples = sampleCount(frame)
  return tallyChannels(frame, borders).map((tally, c) =>
    profileOf(tally, {
      name: frame.channels[c],
      samples,
      positions,
      readings: readingsAt(frame, c, positions),
      deviations: Float64Array.from(positions, i => deviationAt(frame, c, i)),
    }),
  )
}

/** Sampled readings of a channel, besides its counts. */
export interface Glimpse {
  readonly name: string
  /** Samples N. */
  readonly samples: number
  /** Samples of `spreadPositions`, their readings, and how far these are from the mean of their neighbours; NaN where there is none. */
  readonly positions: ArrayLike<number>
  readonly readings: ArrayLike<number>
  readonly deviations: ArrayLike<number>
}

/** The profile of a channel from its counts and what was kept of it. */
export function profileOf(
  tally: Tally,
  { name, samples, positions, readings, deviations }: Glimpse,
): ChannelProfile {
  const { count, missing, infinite, first, sum, squares, longestRun, longestRunEnd } = tally
  const sorted = sortedFinite(readings)
  const shift = sum / count
  return {
    name,
    samples,
    missing,
    infinite,
    missingShare: samples === 0 ? 0 : (missing + infinite) / samples,
    min: count > 0 ? tally.min : Number.NaN,
    max: count > 0 ? tally.max : Number.NaN,
    mean: first + shift,
    sd: count > 0 ? Math.sqrt(Math.max(0, squares / count - shift * shift)) : Number.NaN,
    quartiles: [nearestQuantile(sorted, 0.25), nearestQuantile(sorted, 0.5), nearestQuantile(sorted, 0.75)],
    noise: noiseOf(sortedFinite(deviations)),
    distinct: countDistinct(sorted),
    sampled: sorted.length,
    longestRun: { start: longestRunEnd - longestRun, end: longestRunEnd },
    usualRun: usualRun(tally),
    outline: outline(samples, positions, readings, OUTLINE_PARTS),
    tally,
  }
}

/**
 * The longest run that is still expected. With the longest one left out, a reading equals the one before with some probability p, and a run of
 * n follows with p^(n - 1): the result is the n that would be exceeded once in a million such series.
 */
export function usualRun({ count, runs, longestRun }: Tally): number {
  if (runs < 2) return Math.max(SHORT_RUN, count)
  const others = count - longestRun
  const repeat = (others - (runs - 1)) / others
  const least = repeat > 0 ? Math.log(RARE / runs) / Math.log(repeat) : 0
  return Math.max(SHORT_RUN, Math.ceil(least))
}

/** 1.4826 x the median of |x - mean of both neighbours|, or half of its 95 % quantile when that is more: an estimate of one sd. */
function noiseOf(deviations: Float64Array): number {
  if (deviations.length === 0) return 0
  return Math.max(1.4826 * nearestQuantile(deviations, 0.5), nearestQuantile(deviations, 0.95) / 2)
}

/** How far the reading of a channel is from the mean of its neighbours; NaN where one of the three is not there. */
function deviationAt({ values, channels, timeMs }: Frame, c: number, i: number): number {
  if (i === 0 || i + 1 >= timeMs.length) return Number.NaN
  const at = i * channels.length + c
  return Math.abs(values[at] - values[at - channels.length] / 2 - values[at + channels.length] / 2)
}

function countDistinct(sorted: Float64Array): number {
  let distinct = sorted.length > 0 ? 1 : 0
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++
  return distinct
}
