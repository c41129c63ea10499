import type { FittedThreshold } from '../core/contracts.js'
import type { State } from '../core/state.js'

/** A level that adapts to a stream of scores. */
export interface OnlineThreshold {
  /** Level for the next score; 1.0 on the published scale. */
  readonly level: number
  /**
   * Takes the next score: returns whether it is flagged (strictly above the level), and then learns from it unless it is flagged.
   *
   * @param learn false inside an event, so that a fault does not become normal
   */
  push(score: number, learn?: boolean): boolean
  /** Where it is; `AdaptiveThreshold.online` continues from there. */
  state(): State
}

/** A threshold that can adapt; `level` is the calibrated one. */
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
  /** Largest ratio to the calibrated level, in both directions: a slow degradation still crosses it. Default 2. */
  readonly limit: number
}

/** `wanted`, clamped to the bounds. */
export function boundedLevel(
  level: number,
  wanted: number,
  calibrated: number,
  { step, limit }: Bounds,
): number {
  const near = Math.min(level * (1 + step), Math.max(level / (1 + step), wanted))
  return Math.min(calibrated * limit, Math.max(calibrated / limit, near))
}
