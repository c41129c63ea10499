export { type Backtest, type BacktestSettings, type BacktestStretch, backtest } from './backtest.js'
export { type BlockOptions, type BlocksInfo, type HistoryBlocks, sampleBlocks } from './blocks.js'
export {
  type DetectHooks,
  type Detection,
  detect,
  type EffectiveThreshold,
  effectiveThreshold,
  type ThresholdSettings,
} from './detect.js'
export { type DetectStreamHooks, detectStream, type ScoredPiece } from './detect-stream.js'
export {
  chosenDetector,
  DETECTOR_NAMES,
  type DetectorName,
  membersOf,
  networkOf,
} from './detectors.js'
export {
  type EvaluateModelSettings,
  evaluateModel,
  type JudgedScores,
  LEADING_METRICS,
  type LeadingMetric,
  type ModelEvaluation,
} from './evaluate.js'
export { type EventSettings, eventRulesOf } from './event-rules.js'
export { eventTable, type TimedEvent } from './event-times.js'
export { parseRanges } from './exclude.js'
export { deviceFolder, type FleetMember, findFleet, forChannels, modelPath, withReadings } from './fleet.js'
export { loadModel, type MemberInfo, type Model, type ModelInfo, saveModel } from './model.js'
export { exportOnnx } from './onnx.js'
export {
  checkThresholdOptions,
  type DetectOptions,
  detectOptions,
  parseRows,
  type ThresholdOptions,
  type TrainOptions,
  trainOptions,
} from './options.js'
export { type Meter, type Plan, planScoring, planTraining, processMeter } from './plan.js'
export type { MemberPlan } from './plan-cheap.js'
export { type PublishedColumns, type PublishedScale, publishedScale } from './published-scale.js'
export { type CalibratedLevel, type Recalibration, recalibrate } from './recalibrate.js'
export type { ModelRegimes, RegimeFacts } from './regimes.js'
export { memberSkills } from './skill.js'
export {
  type SmallestFault,
  type SmallestFaults,
  type SmallestFaultsSettings,
  smallestFaults,
} from './smallest-faults.js'
export { createSurveyor, type Survey } from './survey.js'
export { createRuntime } from './threads.js'
export { thresholdNotes } from './threshold-notes.js'
export { type ThresholdSetting, thresholdRule } from './threshold-rule.js'
export { defaultWorkers, type TrainHooks, trainModel } from './train.js'
export {
  type Proposal,
  type Trial,
  type TuneHooks,
  type TuneOptions,
  tune,
  tuneOptions,
} from './tune/index.js'
