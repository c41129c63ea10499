import type { FittedThreshold } from '../core/contracts.js'
import type { State } from '../core/state.js'

/** A level that follows a stream. */
export interface OnlineThreshold {
  /** Judges the next score; 1.0 on the published scale. */
  readonly level: number
  /**
   * Takes the next score: says whether it is flagged (strictly above the level) and then learns from it, but never from a flagged one.
   *
   * @param learn false inside an event: what is under suspicion must not become the norm
   */
  push(score: number, learn?: boolean): boolean
  /** Where it is; `AdaptiveThreshold.online` goes on from there. */
  state(): State
}

/** A threshold that can go on learning; `level` is the one it was calibrated at. */
export interface AdaptiveThreshold extends FittedThreshold {
  /**
   * A follower of its own, starting where this threshold is, or going on bit for bit where another one was.
   *
   * @param from state of a follower of the same threshold
   * @throws ArtefactError `state-unfit`
   */
  online(from?: State): OnlineThreshold
}

/** How far and how fast a level may move. */
export interface Bounds {
  /** Largest change at one step, as a share of the level. Default 0.01. */
  readonly step: number
  /** Largest ratio to the calibrated level, either way: a slow degradation still crosses it. Default 2. */
  readonly limit: number
}

/** The level nearest to `wanted` that the bounds allow. */
export function boundedLevel(
  level: number,
  wanted: number,
  calibrated: number,
  { step, limit }: Bounds,
): number {
  const near = Math.min(level * (1 + step), Math.max(level / (1 + step), wanted))
  return Math.min(calibrated * limit, Math.max(calibrated / limit, near))
}

/**
 * The level in force at each sample of a series: what `online()` says one sample at a time, bit for bit. Cost O(n).
 *
 * @param learn `[n]` 0 = do not learn from this sample; default: learn from all that are not flagged
 * @returns levels `[n]`
 */
export function adaptiveLevels(
  threshold: AdaptiveThreshold,
  scores: ArrayLike<number>,
  learn?: ArrayLike<number>,
): Float64Array {
  const online = threshold.online()
  return Float64Array.from({ length: scores.length }, (_, i) => {
    const { level } = online
    online.push(scores[i], learn === undefined || learn[i] !== 0)
    return level
  })
}
