export { type Backtest, type BacktestPeriod, type BacktestSettings, backtest } from './evaluate/backtest.js'
export {
  type EvaluatedScores,
  type EvaluateModelSettings,
  evaluateModel,
  LEADING_METRICS,
  LEAST_EVENTS,
  type LeadingMetric,
  type ModelEvaluation,
} from './evaluate/evaluate.js'
export {
  type GateCheck,
  type GateReport,
  type GateSettings,
  passGate,
  type ShadowAlarm,
} from './evaluate/gate.js'
export {
  type SmallestFault,
  type SmallestFaults,
  type SmallestFaultsSettings,
  smallestFaults,
} from './evaluate/smallest-faults.js'
export { exportOnnx, exportSettings, onnxInput } from './export-onnx.js'
export { type Meter, type Plan, planScoring, planTraining, processMeter } from './plan/plan.js'
export type { MemberPlan } from './plan/plan-cheap.js'
export { createSurveyor, type Survey } from './plan/survey.js'
export { type Detection, detect } from './score/detect.js'
export { type DetectStep, detectStream, refuseInvalid } from './score/detect-stream.js'
export { type DetectOptions, detectOptions } from './settings/detect-options.js'
export { parseRows } from './settings/shared.js'
export { type TrainOptions, trainOptions } from './settings/train-options.js'
export type { TrainSettings } from './settings/train-settings.generated.js'
export { thresholdNotes } from './threshold/notes.js'
export {
  type CalibratedLevel,
  type LevelChange,
  type Recalibration,
  recalibrate,
} from './threshold/recalibrate.js'
export { type BlockOptions, type HistoryBlocks, sampleBlocks } from './train/blocks.js'
export { lengthRefusal } from './train/cut-history.js'
export { DETECTOR_NAMES, type DetectorName } from './train/detector-names.js'
export {
  chosenDetector,
  membersOf,
  networkOf,
  networkOption,
} from './train/detectors.js'
export { checkExclusions, exclusionNotes, parseRanges } from './train/exclude.js'
export { memberSkills } from './train/skill.js'
export { type TrainHooks, trainModel } from './train/train.js'
export { trainedWith } from './train/trained-with.js'
export { withReadings } from './train/with-readings.js'
export {
  type Proposal,
  type Trial,
  type TuneHooks,
  type TuneOptions,
  tune,
  tuneOptions,
} from './tune/index.js'
export { openWorkerPool, type WorkerPool, type WorkerPoolOptions } from './worker-pool.js'
