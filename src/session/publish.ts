import type { FittedThreshold, Scores } from '../core/contracts.js'
import type { Model } from '../model/index.js'
import { quantile } from '../stats/index.js'
import {
  ADAPT_DEFAULTS,
  type Adaptation,
  type AdaptiveThreshold,
  type AdaptOptions,
  followLevel,
  type LevelFollower,
  rollingThreshold,
} from '../threshold/index.js'
import type { ThresholdSetting } from './threshold-rule.js'

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
}

/** A publisher for a series that begins. @param threshold the stored one or that which the options ask for */
export function scorePublisher(
  model: Model,
  threshold: FittedThreshold,
  setting: ThresholdSetting,
  options: Partial<AdaptOptions>,
): ScorePublisher {
  const { level } = threshold
  const follower = levelFollower(model, threshold, setting, options)
  return {
    publish({ score, residual }, channels) {
      const flag = new Uint8Array(score.length)
      for (let i = 0; i < score.length; i++) {
        const inForce = follower ? follower.next(score[i]) : level
        score[i] /= inForce
        for (let at = i * channels; at < (i + 1) * channels; at++) residual[at] /= inForce
        flag[i] = score[i] > 1 ? 1 : 0
      }
      return flag
    },
    adaptation: () => follower?.adaptation() ?? null,
  }
}

/** The follower of a threshold that adapts: by its own rule if that has one, else with the bulk of the scores. */
function levelFollower(
  model: Model,
  fitted: FittedThreshold,
  { events, window }: ThresholdSetting,
  options: Partial<AdaptOptions>,
): LevelFollower | undefined {
  const { adapt, adaptLimit, adaptMemory: memory } = adaptOf(options, model.info.options)
  if (!adapt) return undefined
  const limit = largestRatio(fitted.level, model.calibrationScores, adaptLimit)
  const threshold =
    'online' in fitted
      ? (fitted as AdaptiveThreshold)
      : rollingThreshold({ fit: () => fitted }, { memory, limit }).fit(model.calibrationScores)
  return followLevel(threshold, {
    calm: Math.max(window, events.mergeGap + 1, model.detector.lookahead),
    limit,
  })
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

/** Whether and how a level adapts: as the options say, else as trained. */
function adaptOf(options: Partial<AdaptOptions>, trained: Readonly<Record<string, unknown>>): AdaptOptions {
  return { ...ADAPT_DEFAULTS, ...pick(trained), ...pick(options) }
}

function pick(from: Readonly<Record<string, unknown>>): Partial<AdaptOptions> {
  return Object.fromEntries(
    Object.keys(ADAPT_DEFAULTS)
      .filter(key => from[key] !== undefined)
      .map(key => [key, from[key]]),
  )
}
