import type { Frame } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'

/** Regimes of operation of a machine, such as idle, part load and full load; numbered from 0. */
export interface FittedRegimes {
  readonly count: number
  /** What is said of each, `[count]`: its typical readings by channel. */
  readonly typical: readonly Readonly<Record<string, number>>[]
  /**
   * A follower of its own, starting with the first sample it is given, or going on where another one was.
   *
   * @param from state of a follower of the same regimes
   * @throws ArtefactError `state-unfit`
   */
  online(from?: State): RegimeFollower
  state(): State
}

/** Stands for a regime where there is none. */
export const CHANGING = -1

/** Says in which regime each sample of a series is, from the samples up to it alone. */
export interface RegimeFollower {
  /**
   * The next samples; pieces of any length give what the whole gives.
   *
   * @returns regimes `[N]`; `CHANGING` while the machine passes from one to another, and where it is in none that is known
   */
  push(frame: Frame): Int32Array
  /** Where it is; `online` continues from there. */
  state(): State
}

/** Regimes as groups of levels that the channels have together. */
export interface LevelRegimes {
  /** `[C]` a reading x counts as (x - offset) / spread. */
  readonly offset: Float64Array
  readonly spread: Float64Array
  /** `[count][C]` in these units. */
  readonly centres: readonly Float32Array[]
  /** Samples that the level of a channel is averaged over, by exponential weights. */
  readonly smoothing: number
  /** Consecutive samples that the level must be nearest to a centre before the machine has settled in its regime. */
  readonly dwell: number
  readonly channels: readonly string[]
}

const LEVELS = 'regimes:levels'
const VALUES = 'regimes:values'
const LEVELS_ONLINE = 'online:regimes-levels'
const VALUES_ONLINE = 'online:regimes-values'
/** Channels that are named to describe a regime. */
const DESCRIBED = 3

/**
 * The regimes of these centres. A sample is in the regime to which the smoothed level has been nearest for `dwell` samples and the reading itself is,
 * so that one that has just begun to leave is not scored by what it leaves. Follower: O(count C) per sample; a missing reading counts as the
 * level of its channel.
 */
export function levelRegimes(parts: LevelRegimes): FittedRegimes {
  const { offset, spread, centres, smoothing, dwell, channels } = parts
  return {
    count: centres.length,
    typical: typicalReadings(parts),
    online(from) {
      const { next: follow, level, reading, begun } = levelFollower(parts)
      let candidate = CHANGING
      let lasted = 0
      if (from) {
        const c = level.length
        const { arrays } = checkState(from, LEVELS_ONLINE, 1, { level: c, begun: c, candidate: 2 })
        level.set(arrays.level.data)
        begun.set(arrays.begun.data)
        ;[candidate, lasted] = arrays.candidate.data
      }
      const next = (frame: Frame, i: number): number => {
        follow(frame, i)
        const nearest = nearestCentre(level, centres)
        lasted = nearest === candidate ? lasted + 1 : 1
        candidate = nearest
        return lasted >= dwell && nearestCentre(reading, centres) === nearest ? nearest : CHANGING
      }
      return {
        push: frame => Int32Array.from(frame.timeMs, (_, i) => next(frame, i)),
        state: () => ({
          kind: LEVELS_ONLINE,
          version: 1,
          options: {},
          arrays: {
            level: vector(level.slice()),
            begun: vector(Float32Array.from(begun)),
            candidate: vector(Float64Array.of(candidate, lasted)),
          },
        }),
      }
    },
    state: () => ({
      kind: LEVELS,
      version: 1,
      options: { smoothing, dwell, channels },
      arrays: {
        offset: vector(offset),
        spread: vector(spread),
        centres: {
          shape: [centres.length, channels.length],
          data: Float32Array.from(centres.flatMap(centre => [...centre])),
        },
      },
    }),
  }
}

/** Follows the smoothed levels of all channels: `next` takes sample i of a frame; samples must come in order. */
export function levelFollower({ offset, spread, smoothing }: Omit<LevelRegimes, 'centres'>) {
  const weight = 2 / (smoothing + 1)
  const level = new Float64Array(offset.length)
  const reading = new Float64Array(offset.length)
  const begun = new Uint8Array(offset.length)
  const next = ({ values }: Frame, i: number): void => {
    for (let c = 0; c < level.length; c++) {
      const value = (values[i * level.length + c] - offset[c]) / spread[c]
      if (Number.isFinite(value)) {
        level[c] = begun[c] ? level[c] + weight * (value - level[c]) : value
        begun[c] = 1
      }
      reading[c] = Number.isFinite(value) ? value : level[c]
    }
  }
  /** `[C]` each: level and standardised reading of the last sample, and whether a channel has had a reading. */
  return { next, level, reading, begun }
}

/** The number of the centre at the smallest Euclidean distance; the first of several. */
export function nearestCentre(level: ArrayLike<number>, centres: readonly Float32Array[]): number {
  let nearest = 0
  let smallest = Number.POSITIVE_INFINITY
  centres.forEach((centre, k) => {
    let distance = 0
    for (let c = 0; c < level.length; c++) distance += (level[c] - centre[c]) ** 2
    if (distance < smallest) [smallest, nearest] = [distance, k]
  })
  return nearest
}

/** Of each regime the readings in the channels by which the regimes differ the most. */
function typicalReadings({ centres, channels, offset, spread }: LevelRegimes): Record<string, number>[] {
  const range = (c: number) => {
    const levels = centres.map(centre => centre[c])
    return Math.max(...levels) - Math.min(...levels)
  }
  const telling = Array.from(channels.keys())
    .filter(c => range(c) > 0)
    .sort((a, b) => range(b) - range(a))
    .slice(0, DESCRIBED)
  return centres.map(centre =>
    Object.fromEntries(telling.map(c => [channels[c], offset[c] + centre[c] * spread[c]])),
  )
}

/** Regimes as values of one channel. */
export interface ValueRegimes {
  readonly channel: string
  /** Of the channel. */
  readonly index: number
  readonly values: readonly number[]
  /** Samples after a change in which the machine is in no regime: it needs time to follow. */
  readonly dwell: number
}

/**
 * A regime for each value of one channel, such as the mode that a controller reports. A value that is not listed is no known regime; a
 * missing one counts as the one before.
 */
export function valueRegimes({ channel, index, values, dwell }: ValueRegimes): FittedRegimes {
  return {
    count: values.length,
    typical: values.map(value => ({ [channel]: value })),
    online(from) {
      let value = Number.NaN
      let lasted = 0
      if (from) [value, lasted] = checkState(from, VALUES_ONLINE, 1, { value: 2 }).arrays.value.data
      const next = (reading: number): number => {
        const changes = !Number.isNaN(reading) && reading !== value
        lasted = changes ? 1 : lasted + 1
        if (changes) value = reading
        return lasted >= dwell ? values.indexOf(value) : CHANGING
      }
      return {
        push: ({ channels, timeMs, values: readings }) =>
          Int32Array.from(timeMs, (_, i) => next(readings[i * channels.length + index])),
        state: () => ({
          kind: VALUES_ONLINE,
          version: 1,
          options: {},
          arrays: { value: vector(Float64Array.of(value, lasted)) },
        }),
      }
    },
    state: () => ({
      kind: VALUES,
      version: 1,
      options: { channel, index, dwell },
      arrays: { values: vector(Float64Array.from(values)) },
    }),
  }
}

/** Saved kinds of regimes and their loaders. */
export const REGIME_LOADERS: Readonly<Record<string, (state: State) => FittedRegimes>> = {
  [LEVELS]: ({ options, arrays }) => {
    const centres = Float32Array.from(arrays.centres.data)
    const [count, c] = arrays.centres.shape
    return levelRegimes({
      ...(options as unknown as Pick<LevelRegimes, 'smoothing' | 'dwell' | 'channels'>),
      offset: Float64Array.from(arrays.offset.data),
      spread: Float64Array.from(arrays.spread.data),
      centres: Array.from({ length: count }, (_, k) => centres.slice(k * c, (k + 1) * c)),
    })
  },
  [VALUES]: ({ options, arrays }) =>
    valueRegimes({
      ...(options as unknown as Omit<ValueRegimes, 'values'>),
      values: Array.from(arrays.values.data),
    }),
}
