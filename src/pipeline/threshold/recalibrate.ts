import type { Frame } from '../../core/frame.js'
import type { Json } from '../../core/state.js'
import { scoredCount } from '../../detect/index.js'
import type { Model } from '../../model/index.js'
import { promiseOf, thresholdRule } from '../../session/index.js'
import type { AlarmPromise } from '../../threshold/index.js'
import { checkThresholdOptions, THRESHOLD_KEYS, type ThresholdOptions } from '../../threshold/index.js'
import { learnSchema } from '../../validate/index.js'
import { type DetectHooks, rawScores, settingOf } from '../score/detect.js'

/** One level on the evidence of some scores. */
export interface CalibratedLevel {
  readonly method: string
  readonly level: number
  /** False alarms to expect on these scores; null without regular times. */
  readonly promise: AlarmPromise | null
  /** Share of these scores above the level. */
  readonly flaggedShare: number
}

export interface Recalibration {
  /** The model with the threshold that was found. */
  readonly model: Model
  /** Both on the same scores. */
  readonly before: CalibratedLevel
  readonly after: CalibratedLevel
  readonly samples: number
}

/**
 * Another threshold for a trained model, without training: from the calibration scores it keeps, or from those of fresh normal data, which
 * take their place. Without a rule in the options it is the one of the training.
 *
 * Errors: those of `detect`, `option-conflict`, `calibration-timeless`, `data-calibration-short`.
 *
 * @param frame normal samples, in time order
 */
export async function recalibrate(
  model: Model,
  options: ThresholdOptions,
  frame?: Frame,
  hooks: DetectHooks = {},
): Promise<Recalibration> {
  checkThresholdOptions(options)
  const { info } = model
  const scores = frame ? (await rawScores(model, frame, {}, hooks)).score : model.calibrationScores
  // A day is as many samples as the scored rows have, not as the history had.
  const setting = frame ? { ...settingOf(model), cadenceMs: learnSchema(frame).cadenceMs } : settingOf(model)
  const given = THRESHOLD_KEYS.some(key => options[key] !== undefined)
  const rule: ThresholdOptions = pickRule(given ? options : info.options)
  const threshold = thresholdRule(rule, setting).fit(scores)
  const samples = scoredCount(scores)
  const { level } = threshold
  const after = { method: threshold.state().kind, level, promise: promiseOf(threshold, scores, setting) }
  const before = {
    method: model.threshold.state().kind,
    level: model.threshold.level,
    promise: promiseOf({ ...model.threshold, promise: undefined }, scores, setting),
  }
  const share = (of: number) => scores.reduce((count, value) => count + (value > of ? 1 : 0), 0) / samples
  const others = Object.entries(info.options).filter(([key]) => !THRESHOLD_KEYS.some(one => one === key))
  return {
    model: {
      ...model,
      threshold,
      calibrationScores: scores,
      info: {
        ...info,
        options: { ...Object.fromEntries(others), ...(rule as Record<string, Json>) },
        ...(info.regimes && {
          regimes: info.regimes.map(one => ({ ...one, level: (one.level * level) / model.threshold.level })),
        }),
        calibration: { samples, ...after },
      },
    },
    before: { ...before, flaggedShare: share(before.level) },
    after: { ...after, flaggedShare: share(level) },
    samples,
  }
}

function pickRule(options: Readonly<Record<string, unknown>>): ThresholdOptions {
  return Object.fromEntries(
    THRESHOLD_KEYS.filter(key => options[key] !== undefined).map(key => [key, options[key]]),
  )
}
