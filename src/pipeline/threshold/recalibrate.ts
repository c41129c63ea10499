import { alignChannels } from '../../core/channels.js'
import { ALIGNMENTS, type Alignment } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import { parseKnown } from '../../core/parse-options.js'
import type { Json } from '../../core/state.js'
import { type Calibration, type Model, withId } from '../../model/index.js'
import { createPause } from '../../runtime/index.js'
import {
  calibrateAgain,
  expectedAlarmsOf,
  type FoundCalibration,
  type LoopHooks,
  rawScores,
  regimeLevelling,
} from '../../session/index.js'
import {
  type ExpectedAlarms,
  resolveThreshold,
  THRESHOLD_KEYS,
  type ThresholdOptions,
  thresholdSettings,
} from '../../threshold/index.js'
import { learnSchema, prepareHistory, sampleMsOf } from '../../validate/index.js'
import { refuseInvalid } from '../score/detect-stream.js'

/** One level on the evidence of some scores. */
export interface CalibratedLevel {
  readonly method: string
  readonly level: number
  /** False alarms to expect on these scores; null without regular times. */
  readonly expectedAlarms: ExpectedAlarms | null
  /** Share of these scores above the level. */
  readonly flaggedShare: number
}

/** The levels of one alignment, both on the same scores. */
export interface LevelChange {
  readonly before: CalibratedLevel
  readonly after: CalibratedLevel
  readonly samples: number
}

export interface Recalibration {
  /** The model with the thresholds that were found. */
  readonly model: Model
  /** Of each alignment that the model was calibrated for. */
  readonly changes: Readonly<Partial<Record<Alignment, LevelChange>>>
}

/**
 * Other thresholds for a trained model, without training: from the calibration scores it keeps, or from those of fresh normal data, which
 * take their place. Without a rule in the options it is the one of the training.
 *
 * @param frame normal samples, in time order
 * @throws as `detect`; `option-conflict`, `calibration-timeless`, `data-calibration-short`
 */
export async function recalibrate(
  model: Model,
  options: ThresholdOptions,
  frame?: Frame,
  hooks: LoopHooks = {},
): Promise<Recalibration> {
  const { info } = model
  parseKnown(thresholdSettings, options, 'the recalibration')
  if (frame) refuseInvalid(model, frame)
  // A day is as many samples as the scored rows have, not as the history had.
  const cadence = frame && { cadenceMs: sampleMsOf(learnSchema(frame)) }
  const given = THRESHOLD_KEYS.some(key => options[key] !== undefined)
  const rule = resolveThreshold(given ? options : info.settings.threshold)
  const calibrations: Partial<Record<Alignment, Calibration>> = {}
  const described: Partial<Record<Alignment, Model['info']['calibration'][Alignment]>> = {}
  const changes: Partial<Record<Alignment, LevelChange>> = {}
  for (const alignment of ALIGNMENTS) {
    const calibration = model.calibrations[alignment]
    if (calibration === undefined) continue
    const scores = frame ? await freshScores(model, frame, alignment, hooks) : calibration.scores
    const found = calibrateAgain(model, alignment, { rule, scores, cadence })
    calibrations[alignment] = found.calibration
    described[alignment] = found.info
    changes[alignment] = compareLevels(calibration, found)
  }
  const others = Object.entries(info.options).filter(([key]) => !THRESHOLD_KEYS.some(one => one === key))
  const changed = {
    ...info,
    settings: { ...info.settings, threshold: rule },
    options: { ...Object.fromEntries(others), ...(rule as Record<string, Json>) },
    calibration: described,
  }
  return { model: withId({ ...model, calibrations, info: changed }), changes }
}

function compareLevels(
  { threshold: stored }: Calibration,
  { calibration: { scores, threshold }, info, setting }: FoundCalibration,
): LevelChange {
  const share = (of: number) =>
    scores.reduce((count, value) => count + (value > of ? 1 : 0), 0) / info.samples
  return {
    before: {
      method: stored.state().kind,
      level: stored.level,
      expectedAlarms: expectedAlarmsOf({ level: stored.level }, scores, setting),
      flaggedShare: share(stored.level),
    },
    after: {
      method: info.method,
      level: info.level,
      expectedAlarms: info.expectedAlarms as ExpectedAlarms | null,
      flaggedShare: share(threshold.level),
    },
    samples: info.samples,
  }
}

/** Scores of normal samples before any threshold, in units of the regime that each is in. */
async function freshScores(
  model: Model,
  frame: Frame,
  alignment: Alignment,
  { pause = createPause(), ...hooks }: LoopHooks,
): Promise<Float32Array> {
  const { info, regimes, calibrations } = model
  const aligned = alignChannels(frame, info.channels)
  const prepared = prepareHistory(aligned, info.settings.missing, {
    cadenceMs: info.schema?.cadenceMs ?? Number.NaN,
    fallback: info.schema?.channels.map(({ median }) => median ?? 0),
    alignment,
  })
  const scores = await rawScores(model, prepared, { alignment }, { pause, ...hooks })
  const levels = calibrations[alignment]?.levels
  if (regimes && levels) regimeLevelling(regimes, levels).apply(aligned, scores)
  return scores.score
}
