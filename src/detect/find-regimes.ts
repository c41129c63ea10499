import { createError } from '../core/errors.js'
import { type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import type { Random } from '../core/random.js'
import { mean, standardDeviation } from '../stats/index.js'
import { findCentres, squaredDistance } from './k-means.js'
import { evenly } from './nearest.js'
import {
  CHANGING,
  type FittedRegimes,
  type LevelRegimes,
  levelFollower,
  levelRegimes,
  nearestCentre,
  valueRegimes,
} from './regimes.js'

export interface FindRegimesOptions {
  /** Samples that the level of a channel is averaged over: long enough for noise to vanish, shorter than a stay in a regime. */
  readonly smoothing: number
  /** Most regimes that are looked for. Default 6. */
  readonly most?: number
}

/** Samples that are grouped, and those of them that the grouping is sampled by, evenly spaced in time. */
const LEARNT_FROM = 1000
const SILHOUETTE_SAMPLES = 300
/** Groupings from different seeds; the best is taken. */
const STARTS = 2
/** Mean silhouette from which levels count as grouped; and the share of points that may lie between groups, with a silhouette below the clear one. */
const LEAST_SILHOUETTE = 0.4
const CLEAR_SILHOUETTE = 0.25
const MOST_BETWEEN = 0.2
/** A regime that is rarer, was entered less often, or is left sooner than this (in smoothings), is none. */
const LEAST_SHARE = 0.05
const FEWEST_VISITS = 3
const LEAST_STAY = 3
const MOST_VALUES = 12
/** Samples that are followed between two pauses. */
const SAMPLES_AT_ONCE = 1024

/**
 * Regimes of operation of a machine, found without labels: k-means on the smoothed, standardised levels of all channels. The number of regimes
 * is that with the highest mean silhouette, at least 0.4, of those whose every regime holds 5 % of the time, was entered three times and lasts three
 * smoothings on average once the machine has settled, with at most a fifth of the samples between them. A slow cycle is cut into its phases.
 *
 * @param train normal samples `[N, C]` in time order; NaN = missing
 * @returns undefined when there are no regimes, the most frequent first when there are
 * @throws InterruptedError `interrupted` when the signal aborts
 * Cost O(N C + 1000 k^2 C). Sources: MacQueen 1967; Rousseeuw 1987 (silhouette).
 */
export async function findRegimes(
  train: Frame,
  { smoothing, most = 6 }: FindRegimesOptions,
  random: Random,
  pauses: Pauses = {},
): Promise<FittedRegimes | undefined> {
  const n = sampleCount(train)
  const { channels } = train
  const scale = await scaleOf(train, pauses)
  const parts = { ...scale, smoothing, dwell: smoothing, channels }
  const points = await smoothLevels(train, parts, evenly([{ start: 0, end: n }], LEARNT_FROM), pauses)
  if (points.length < 2 * most) return undefined
  const candidates: { centres: Float32Array[]; quality: Quality }[] = []
  for (let k = 2; k <= most; k++) {
    for (let start = 0; start < STARTS; start++) {
      const joined = await findCentres(points, k, random.fork(`regimes ${k} ${start}`), pauses)
      const centres = Array.from({ length: joined.length / channels.length }, (_, j) =>
        joined.slice(j * channels.length, (j + 1) * channels.length),
      )
      const quality = silhouette(points, centres)
      if (quality.mean >= LEAST_SILHOUETTE && quality.between <= MOST_BETWEEN)
        candidates.push({ centres, quality })
      await breathe(pauses)
    }
  }
  candidates.sort((a, b) => b.quality.mean - a.quality.mean)
  for (const { centres } of candidates) {
    const found = await ordered({ ...parts, centres }, train, pauses)
    if (found) return found
  }
  return undefined
}

/**
 * A regime for each value that a channel has for at least 5 % of the time.
 *
 * @param dwell samples after a change in which the machine is in no regime
 * @throws OptionError `option-invalid` when it has more than 12 different values, or none often enough
 */
export function regimesOfChannel(train: Frame, channel: string, dwell: number): FittedRegimes {
  const index = train.channels.indexOf(channel)
  const refuse = (wanted: string) =>
    createError('option-invalid', { name: 'regimes', got: channel, where: 'the options', wanted })
  if (index < 0) throw refuse(`it must be auto, off or one of the channels: ${train.channels.join(', ')}`)
  const counts = new Map<number, number>()
  const readings = train.values.filter(
    (value, at) => at % train.channels.length === index && !Number.isNaN(value),
  )
  for (const value of readings) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (counts.size > MOST_VALUES)
    throw refuse(
      `it must be a channel with at most ${MOST_VALUES} different values; this one has ${counts.size}`,
    )
  const values = [...counts]
    .filter(([, count]) => count >= LEAST_SHARE * readings.length)
    .sort(([a, often], [b, other]) => other - often || a - b)
    .map(([value]) => value)
  if (values.length < 2)
    throw refuse('it must be a channel with at least two values, each for 5 % of the time')
  return valueRegimes({ channel, index, values, dwell })
}

async function scaleOf(train: Frame, pauses: Pauses): Promise<Pick<LevelRegimes, 'offset' | 'spread'>> {
  const { values, channels } = train
  const offset = new Float64Array(channels.length)
  const spread = new Float64Array(channels.length)
  for (let c = 0; c < channels.length; c++) {
    const column = Float64Array.from(
      { length: sampleCount(train) },
      (_, i) => values[i * channels.length + c],
    ).filter(Number.isFinite)
    offset[c] = mean(column) || 0
    // A channel that never moved distinguishes no regimes.
    spread[c] = standardDeviation(column) || Number.POSITIVE_INFINITY
    await breathe(pauses)
  }
  return { offset, spread }
}

/** The smoothed levels of some samples, ascending. */
async function smoothLevels(
  frame: Frame,
  parts: Omit<LevelRegimes, 'centres'>,
  wanted: readonly number[],
  pauses: Pauses,
): Promise<Float32Array[]> {
  const { next, level } = levelFollower(parts)
  const points: Float32Array[] = []
  for (let i = 0; i < sampleCount(frame); i++) {
    next(frame, i)
    if (wanted[points.length] === i) points.push(Float32Array.from(level))
    if (i % SAMPLES_AT_ONCE === 0) await breathe(pauses)
  }
  return points
}

interface Quality {
  readonly mean: number
  /** Share of the points whose silhouette is not clear. */
  readonly between: number
}

/** How well points are grouped around centres: the mean of (b - a) / max(a, b), a = mean distance within the group, b = to the nearest other. */
function silhouette(points: readonly Float32Array[], centres: readonly Float32Array[]): Quality {
  const sampled = points.filter((_, i) => i % Math.ceil(points.length / SILHOUETTE_SAMPLES) === 0)
  const group = sampled.map(point => nearestCentre(point, centres))
  const sizes = centres.map((_, k) => group.filter(one => one === k).length)
  let sum = 0
  let between = 0
  sampled.forEach((point, i) => {
    const totals = new Float64Array(centres.length)
    sampled.forEach((other, j) => {
      totals[group[j]] += Math.sqrt(squaredDistance(point, other))
    })
    const own = totals[group[i]] / Math.max(1, sizes[group[i]] - 1)
    const others = Array.from(totals, (total, k) =>
      k === group[i] || sizes[k] === 0 ? Number.POSITIVE_INFINITY : total / sizes[k],
    )
    const other = Math.min(...others)
    // A point that is alone in its group has silhouette 0.
    const value = sizes[group[i]] === 1 || !Number.isFinite(other) ? 0 : (other - own) / Math.max(other, own)
    sum += value
    if (value < CLEAR_SILHOUETTE) between++
  })
  return { mean: sum / sampled.length, between: between / sampled.length }
}

/** The regimes, the most frequent first; undefined when one is too rare, was entered too seldom or left too soon. */
async function ordered(
  parts: LevelRegimes,
  train: Frame,
  pauses: Pauses,
): Promise<FittedRegimes | undefined> {
  const k = parts.centres.length
  const n = sampleCount(train)
  const follower = levelRegimes(parts).online()
  const counts = new Float64Array(k)
  const visits = new Float64Array(k)
  let last = CHANGING
  for (let start = 0; start < n; start += SAMPLES_AT_ONCE) {
    for (const regime of follower.push(sliceFrame(train, start, Math.min(n, start + SAMPLES_AT_ONCE)))) {
      if (regime === CHANGING) continue
      counts[regime]++
      if (regime !== last) visits[regime]++
      last = regime
    }
    await breathe(pauses)
  }
  const sound = (regime: number) =>
    counts[regime] >= LEAST_SHARE * n &&
    visits[regime] >= FEWEST_VISITS &&
    counts[regime] >= LEAST_STAY * parts.smoothing * visits[regime]
  const order = Array.from(parts.centres.keys()).sort((a, b) => counts[b] - counts[a])
  return order.every(sound)
    ? levelRegimes({ ...parts, centres: order.map(at => parts.centres[at]) })
    : undefined
}
