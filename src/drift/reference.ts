import { type Frame, sampleCount } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import type { State } from '../core/state.js'
import { quantile, quantileOfSorted, sortFinite, standardDeviation } from '../stats/index.js'
import { countReadings, largestDistance } from './counter.js'
import { meanEffect } from './mean-effect.js'
import { findSeason, HOURS, hoursOfWeek } from './season.js'

/** Kind of the state of a reference, and the version that is written. */
export const REFERENCE_KIND = 'drift:reference'
export const REFERENCE_VERSION = 3
/** Quantiles that are kept of a channel. */
export const KNOTS = 128
/** Shortest block of the history that is compared with the whole, and the number of lengths, each twice the one before. */
const SHORTEST_BLOCK = 50
const MOST_LENGTHS = 24
const MOST_BLOCKS = 32
const NO_SEASON = new Float64Array(HOURS).fill(Number.NaN)
/** Mean, 90 % quantile and the quantile of the largest of 32 of the Kolmogorov distribution: of distance times the root of the number of independent samples. */
const KOLMOGOROV = { mean: 0.8687, tenth: 1.2238, largest: 1.4423 } as const

/** What a channel of the history looked like; with a season, what it looked like without it. */
export interface ChannelReference {
  readonly channel: string
  /** `[168]` how much it is above its mean in each hour of the week, UTC; undefined where the history shows no season. */
  readonly season?: Float64Array
  /** `[128]` quantiles at (i + 0.5) / 128, ascending; NaN without any reading. */
  readonly knots: Float64Array
  readonly mean: number
  /** Standard deviation; 0 for a constant channel. */
  readonly deviation: number
  /** Share of samples that are missing, and their number for each run of them. */
  readonly missingShare: number
  readonly missingRun: number
  /** Samples of a block of each of `lengths` that say as much as one independent sample, at least 1. */
  readonly designEffects: Float64Array
  /** Samples that say as much about the mean as an independent one; NaN with fewer than 100 readings, and in references of earlier versions. */
  readonly meanEffect: number
}

/** What the history of a model looked like, small enough to be kept with it: about 1 kB for each channel, 2.5 kB with a season. */
export interface DriftReference {
  readonly samples: number
  /** Lengths of blocks, ascending. */
  readonly lengths: readonly number[]
  readonly channels: readonly ChannelReference[]
  state(): State
}

/**
 * Describes the readings of a history for later comparison. How much blocks of it differ from the whole shows how much a batch differs by itself: this covers
 * autocorrelation and seasons, see `checkDrift`. A season of the day or week that the history shows is taken out first, see `findSeason`. Cost O(N log N) for each channel.
 *
 * @param pauses yield to the event loop and can stop the work, at least after each pass through a channel
 * @throws InterruptedError `interrupted` when the signal of `pauses` is aborted
 */
export async function fitReference(frame: Frame, pauses: Pauses = {}): Promise<DriftReference> {
  const samples = sampleCount(frame)
  const lengths = blockLengths(samples)
  const width = frame.channels.length
  let known: Uint8Array | undefined
  const hours = () => (known ??= hoursOfWeek(frame.timeMs))
  const channels: ChannelReference[] = []
  for (const [c, channel] of frame.channels.entries()) {
    await breathe(pauses)
    const values = new Float64Array(samples)
    for (let i = 0; i < samples; i++) {
      const value = frame.values[i * width + c]
      values[i] = Number.isFinite(value) ? value : Number.NaN
    }
    const season = findSeason(frame, values)
    if (season !== undefined) for (let i = 0; i < samples; i++) values[i] -= season[hours()[i]]
    const steps = describe(channel, values, lengths)
    let step = steps.next()
    for (; !step.done; step = steps.next()) await breathe(pauses)
    channels.push({ ...step.value, ...(season && { season }) })
  }
  return reference(samples, lengths, channels)
}

/** Describes one series at once, without a season. Cost O(N log N). */
export function describeSeries(name: string, values: Float64Array): ChannelReference {
  const steps = describe(name, values, blockLengths(values.length))
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

function blockLengths(samples: number): number[] {
  const lengths: number[] = []
  for (let length = SHORTEST_BLOCK; length <= samples / 4 && lengths.length < MOST_LENGTHS; length *= 2)
    lengths.push(length)
  return lengths
}

/** Yields after each pass through the values. */
function* describe(
  channel: string,
  values: Float64Array,
  lengths: readonly number[],
): Generator<void, ChannelReference> {
  yield
  const sorted = sortFinite(values)
  const knots = Float64Array.from({ length: KNOTS }, (_, i) => quantileOfSorted(sorted, (i + 0.5) / KNOTS))
  const { missing, missingRuns, mean, cdf } = countReadings(knots, { values })
  const effects: number[] = []
  for (const length of lengths) {
    yield
    effects.push(designEffect(knots, cdf, values, length))
  }
  yield
  const known = sorted.length
  const deviation = known < 2 || sorted[0] === sorted[known - 1] ? 0 : standardDeviation(sorted)
  return {
    channel,
    knots,
    mean,
    deviation,
    missingShare: values.length === 0 ? 0 : missing / values.length,
    missingRun: missingRuns === 0 ? 1 : missing / missingRuns,
    designEffects: runningMax(effects),
    meanEffect: meanEffect({ knots, deviation }, values),
  }
}

/** Of long blocks there are few: what shorter ones showed stays the least. */
function runningMax(values: readonly number[]): Float64Array {
  let largest = 1
  return Float64Array.from(values, value => {
    largest = Math.max(largest, value)
    return largest
  })
}

/** From the distances of blocks to the whole: samples for each independent one. */
function designEffect(
  knots: Float64Array,
  whole: Float64Array,
  values: Float64Array,
  length: number,
): number {
  const blocks = Math.min(MOST_BLOCKS, Math.floor(values.length / length))
  const step = (values.length - length) / Math.max(1, blocks - 1)
  const distances: number[] = []
  for (let b = 0; b < blocks; b++) {
    const { cdf } = countReadings(knots, { values, start: Math.floor(b * step), count: length })
    if (!Number.isNaN(cdf[0])) distances.push(largestDistance(cdf, whole))
  }
  if (distances.length === 0) return 1
  const mean = distances.reduce((total, distance) => total + distance, 0) / distances.length
  const ratio = Math.max(
    mean / KOLMOGOROV.mean,
    quantile(distances, 0.9) / KOLMOGOROV.tenth,
    Math.max(...distances) / KOLMOGOROV.largest,
  )
  // A block is a part of the whole, which brings them closer.
  return Math.max(1, (length * ratio ** 2) / (1 - length / values.length))
}

/** Samples that say as much as `samples` of a channel in time order would if they were independent. */
export function effectiveSamples(
  { designEffects }: ChannelReference,
  lengths: readonly number[],
  samples: number,
): number {
  if (lengths.length === 0) return 0
  const next = lengths.findIndex(length => length >= samples)
  if (next === 0) return samples / designEffects[0]
  if (next < 0) return samples / designEffects[lengths.length - 1]
  const weight = Math.log(samples / lengths[next - 1]) / Math.log(lengths[next] / lengths[next - 1])
  return samples / (designEffects[next - 1] ** (1 - weight) * designEffects[next] ** weight)
}

/** Restores a reference from its state, which `model/` has checked. */
export function loadReference(state: State, names: readonly string[]): DriftReference {
  const { samples, lengths } = state.options as { samples: number; lengths: number[] }
  const rows = (name: string, width: number, c: number) =>
    Float64Array.from(state.arrays[name].data.subarray(c * width, (c + 1) * width))
  const channels = names.map((channel, c) => {
    const [mean, deviation, missingShare, missingRun, ownEffect = Number.NaN] = rows(
      'facts',
      state.arrays.facts.shape[1],
      c,
    )
    const knots = rows('knots', KNOTS, c)
    const designEffects = rows('designEffects', lengths.length, c)
    // Version 1 has no seasons; without any there are no numbers; a channel without one has NaN.
    const season =
      'season' in state.arrays && state.arrays.season.data.length > 0 ? rows('season', HOURS, c) : undefined
    return {
      channel,
      knots,
      mean,
      deviation,
      missingShare,
      missingRun,
      designEffects,
      meanEffect: ownEffect,
      ...(season !== undefined && !Number.isNaN(season[0]) && { season }),
    }
  })
  return reference(samples, lengths, channels)
}

function reference(
  samples: number,
  lengths: readonly number[],
  channels: readonly ChannelReference[],
): DriftReference {
  const table = (width: number, of: (channel: ChannelReference) => ArrayLike<number>) => ({
    shape: [channels.length, width],
    data: Float64Array.from(channels.flatMap(channel => Array.from(of(channel)))),
  })
  const state = (): State => ({
    kind: REFERENCE_KIND,
    version: REFERENCE_VERSION,
    options: { samples, lengths },
    arrays: {
      knots: table(KNOTS, ({ knots }) => knots),
      facts: table(5, ({ mean, deviation, missingShare, missingRun, meanEffect }) => [
        mean,
        deviation,
        missingShare,
        missingRun,
        meanEffect,
      ]),
      designEffects: table(lengths.length, ({ designEffects }) => designEffects),
      season: table(channels.some(({ season }) => season) ? HOURS : 0, ({ season }) =>
        channels.some(({ season }) => season) ? (season ?? NO_SEASON) : [],
      ),
    },
  })
  return { samples, lengths, channels, state }
}
