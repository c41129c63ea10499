import type { Alignment, FittedThreshold } from '../core/contracts.js'
import { scoredCount } from '../detect/index.js'
import type { Calibration, CalibrationInfo, Model } from '../model/index.js'
import type { ExpectedAlarms, ThresholdOptions } from '../threshold/index.js'
import { calibrationOf, thresholdSetting } from './settings.js'
import { expectedAlarmsOf, type ThresholdSetting, thresholdRule } from './threshold-rule.js'

/** A calibration, and what the model says of it. */
export interface FoundCalibration {
  readonly calibration: Calibration & { readonly threshold: FittedThreshold }
  readonly info: CalibrationInfo
  readonly setting: ThresholdSetting
}

/**
 * The calibration of one alignment by other scores or another rule. Cost O(n log n) of n scores.
 *
 * @param rule how the threshold is found
 * @param scores raw, of normal data in time order; NaN = no score
 * @param cadence time between two scores, where it is not that of the history
 * @throws ArtefactError `alignment-missing`; OptionError `calibration-timeless`; DataError `data-calibration-short`
 */
export function calibrateAgain(
  model: Model,
  alignment: Alignment,
  {
    rule,
    scores,
    cadence,
  }: {
    readonly rule: ThresholdOptions
    readonly scores: Float32Array
    readonly cadence?: Pick<ThresholdSetting, 'cadenceMs'>
  },
): FoundCalibration {
  const before = calibrationOf(model, alignment)
  const known = model.info.calibration[alignment]
  const setting = { ...thresholdSetting(model, alignment), ...cadence }
  const threshold = thresholdRule(rule, setting).fit(scores)
  const regimes = known?.regimes?.map(one => ({
    ...one,
    level: (one.level * threshold.level) / before.threshold.level,
  }))
  return {
    calibration: { ...before, threshold, scores },
    info: {
      ...describeCalibration(threshold, scores, setting),
      ...(known?.steps && { steps: known.steps }),
      ...(regimes && { regimes }),
    },
    setting,
  }
}

/** What a model says of a threshold that was found from scores. */
export function describeCalibration(
  threshold: FittedThreshold & { readonly expectedAlarms?: ExpectedAlarms },
  scores: Float32Array,
  setting: ThresholdSetting,
): Omit<CalibrationInfo, 'steps' | 'regimes'> {
  return {
    samples: scoredCount(scores),
    method: threshold.state().kind,
    level: threshold.level,
    expectedAlarms: expectedAlarmsOf(threshold, scores, setting),
  }
}

/**
 * The same model with a threshold from the scores of one device, by the rule of the training: scaler and detector are shared, and it has the same id.
 * Parameters and errors as `calibrateAgain`.
 */
export function withDeviceCalibration(model: Model, alignment: Alignment, scores: Float32Array): Model {
  const { info } = model
  const found = calibrateAgain(model, alignment, { rule: info.settings.threshold, scores })
  return {
    ...model,
    calibrations: { ...model.calibrations, [alignment]: found.calibration },
    info: { ...info, calibration: { ...info.calibration, [alignment]: found.info } },
  }
}
