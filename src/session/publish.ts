import type { FittedThreshold, Scores } from '../core/contracts.js'
import type { State } from '../core/state.js'
import { quantile } from '../stats/index.js'
import {
  type Adaptation,
  type AdaptiveThreshold,
  followLevel,
  type LevelFollower,
  rollingThreshold,
} from '../threshold/index.js'
import { published } from './published-scale.js'
import type { ResolvedSettings } from './settings.js'

/** Brings raw scores to the published scale, 1.0 = threshold: the whole series or pieces of any length in order give the same. */
export interface ScorePublisher {
  /**
   * Scores and residuals in units of the level in force, in place.
   *
   * @returns flags `[N]`, 1 where the score is above 1
   */
  publish(scores: Pick<Scores, 'score' | 'residual'>, channels: number): Uint8Array
  /** What has become of the level so far; null when it does not adapt. */
  adaptation(): Adaptation | null
  /** Undefined when the level does not adapt. */
  state(): State | undefined
}

/** A publisher of a series that begins, or continues. @param from `state()` of another one with the same settings */
export function scorePublisher(settings: ResolvedSettings, from?: State): ScorePublisher {
  const { level } = settings.fitted
  const follower = levelFollower(settings, from)
  return {
    publish({ score, residual }, channels) {
      const flag = new Uint8Array(score.length)
      for (let i = 0; i < score.length; i++) {
        const inForce = follower ? follower.next(score[i]) : level
        score[i] = published(score[i], inForce)
        for (let at = i * channels; at < (i + 1) * channels; at++)
          residual[at] = published(residual[at], inForce)
        flag[i] = score[i] > 1 ? 1 : 0
      }
      return flag
    },
    adaptation: () => follower?.adaptation() ?? null,
    state: () => follower?.state(),
  }
}

/** The follower of a threshold that adapts: by its own rule if that has one, else with the bulk of the scores. */
function levelFollower(
  { model, alignment, fitted, calibration, rules, adapt: options }: ResolvedSettings,
  from: State | undefined,
): LevelFollower | undefined {
  const { adapt, adaptLimit, adaptMemory: memory } = options
  if (!adapt) return undefined
  const limit = largestRatio(fitted.level, calibration.scores, adaptLimit)
  const threshold = isAdaptive(fitted)
    ? fitted
    : rollingThreshold({ fit: () => fitted }, { memory, limit }).fit(calibration.scores)
  const lookahead = alignment === 'causal' ? 0 : model.detector.lookahead
  const calm = Math.max(model.info.window, rules.mergeGap + 1, lookahead)
  return followLevel(threshold, { calm, limit }, from)
}

function isAdaptive(threshold: FittedThreshold): threshold is AdaptiveThreshold {
  return 'online' in threshold
}

const LARGEST_RATIO = 2

/**
 * How far a level may move, as a ratio: a share of the way from the median of normal scores to the level, on the scale of logarithms. Scores of
 * one detector may be the root of those of another, and twice the level is little for one and out of reach for the other; this is the same for both.
 */
function largestRatio(level: number, scores: Float32Array, share: number): number {
  const ratio = (level / quantile(scores, 0.5)) ** share
  return ratio >= 1 ? Math.min(LARGEST_RATIO, ratio) : LARGEST_RATIO
}
