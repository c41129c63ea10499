export {
  calibrateAgain,
  describeCalibration,
  type FoundCalibration,
  withDeviceCalibration,
} from './calibrate-again.js'
export { expectedReadings } from './event-tracker.js'
export { regimeLevelling } from './levelling.js'
export { sessionOptions, sessionSettings } from './options.js'
export { type PublishedColumns, type PublishedScale, publishedScale } from './published-scale.js'
export { type LoopHooks, rawScores, sliceLength } from './raw-scores.js'
export { joinScored, sliceScored } from './scored-parts.js'
export { finiteScores } from './scoring.js'
export { openSession, type Session } from './session.js'
export type { SessionSettings } from './session-settings.generated.js'
export {
  alignmentOf,
  calibrationOf,
  type EffectiveThreshold,
  effectiveThreshold,
  fittedThreshold,
  onlyScores,
  type ResolvedSettings,
  resolveSettings,
  type ThresholdSettings,
  thresholdSetting,
} from './settings.js'
export type { ScoredSamples, Step } from './step.js'
export { expectedAlarmsOf, type ThresholdSetting, thresholdRule } from './threshold-rule.js'
export { watchOptions } from './watch-options.js'
export { type WindowScores, windowScores } from './window-scores.js'
