export {
  type DetectHooks,
  type Detection,
  detect,
  effectiveThreshold,
  type ThresholdSettings,
} from './detect.js'
export { type DetectStreamHooks, detectStream, notInStream, type ScoredPiece } from './detect-stream.js'
export {
  chosenDetector,
  DETECTOR_NAMES,
  type DetectorName,
  membersOf,
  networkOf,
} from './detectors.js'
export { eventTable, type TimedEvent } from './event-times.js'
export { loadModel, type Model, type ModelInfo, saveModel } from './model.js'
export { exportOnnx } from './onnx.js'
export {
  checkThresholdOptions,
  type DetectOptions,
  detectOptions,
  parseRows,
  type TrainOptions,
  trainOptions,
} from './options.js'
export { type Meter, type Plan, planScoring, planTraining, processMeter } from './plan.js'
export { createRuntime } from './threads.js'
export { defaultWorkers, type TrainHooks, thresholdRule, trainModel } from './train.js'
export {
  type Proposal,
  type Trial,
  type TuneHooks,
  type TuneOptions,
  tune,
  tuneOptions,
} from './tune/index.js'
