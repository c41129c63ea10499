import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'

/** Regimes of operation of a machine, such as idle, part load and full load; numbered from 0. */
export interface FittedRegimes {
  readonly count: number
  /** What is said of each, `[count]`: its typical readings by channel. */
  readonly typical: readonly Readonly<Record<string, number>>[]
  /** A follower of its own, starting with the first sample it is given. */
  online(): RegimeFollower
  state(): State
}

/** Says in which regime each sample of a series is, from the samples up to it alone. */
export interface RegimeFollower {
  /**
   * The next samples; pieces of any length give what the whole gives.
   *
   * @returns regimes `[N]`; -1 = none that is known
   */
  push(frame: Frame): Int32Array
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
  /** Samples in a row that must be nearer to another centre before the regime changes. */
  readonly dwell: number
  readonly channels: readonly string[]
}

const LEVELS = 'regimes:levels'
const CHANNEL = 'regimes:channel'
/** Channels that are named to describe a regime. */
const DESCRIBED = 3

/** The regimes of these centres. Follower: O(count C) per sample; a missing reading leaves the level of its channel as it was. */
export function levelRegimes(parts: LevelRegimes): FittedRegimes {
  const { offset, spread, centres, smoothing, dwell, channels } = parts
  const tensor = (data: Float64Array) => ({ shape: [data.length], data })
  return {
    count: centres.length,
    typical: typicalReadings(parts),
    online() {
      const levelsOf = levelFollower(parts)
      let regime = -1
      let candidate = -1
      let lasted = 0
      const next = (level: Float64Array): number => {
        const nearest = nearestCentre(level, centres)
        lasted = nearest === candidate ? lasted + 1 : 1
        candidate = nearest
        if (regime < 0 || lasted >= dwell) regime = nearest
        return regime
      }
      return { push: frame => Int32Array.from(frame.timeMs, (_, i) => next(levelsOf(frame, i))) }
    },
    state: () => ({
      kind: LEVELS,
      version: 1,
      options: { smoothing, dwell, channels },
      arrays: {
        offset: tensor(offset),
        spread: tensor(spread),
        centres: {
          shape: [centres.length, channels.length],
          data: Float32Array.from(centres.flatMap(centre => [...centre])),
        },
      },
    }),
  }
}

/** The smoothed level of all channels at sample i, `[C]`; frames must come in order, and each sample once. The array is used again. */
export function levelFollower({ offset, spread, smoothing }: Omit<LevelRegimes, 'centres'>) {
  const weight = 2 / (smoothing + 1)
  const level = new Float64Array(offset.length)
  const begun = new Uint8Array(offset.length)
  return ({ values }: Frame, i: number): Float64Array => {
    for (let c = 0; c < level.length; c++) {
      const reading = (values[i * level.length + c] - offset[c]) / spread[c]
      if (!Number.isFinite(reading)) continue
      level[c] = begun[c] ? level[c] + weight * (reading - level[c]) : reading
      begun[c] = 1
    }
    return level
  }
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

/**
 * A regime for each value of one channel, such as the mode that a controller reports. A value that is not listed is no known regime; a
 * missing one leaves the regime as it was.
 *
 * @param index of the channel
 */
export function channelRegimes(channel: string, index: number, values: readonly number[]): FittedRegimes {
  return {
    count: values.length,
    typical: values.map(value => ({ [channel]: value })),
    online() {
      let regime = -1
      return {
        push: ({ channels, timeMs, values: readings }) =>
          Int32Array.from(timeMs, (_, i) => {
            const reading = readings[i * channels.length + index]
            if (!Number.isNaN(reading)) regime = values.indexOf(reading)
            return regime
          }),
      }
    },
    state: () => ({
      kind: CHANNEL,
      version: 1,
      options: { channel, index },
      arrays: { values: { shape: [values.length], data: Float64Array.from(values) } },
    }),
  }
}

/** Saved kinds of regimes and what brings them back. */
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
  [CHANNEL]: ({ options, arrays }) => {
    const { channel, index } = options as { channel: string; index: number }
    return channelRegimes(channel, index, Array.from(arrays.values.data))
  },
}
