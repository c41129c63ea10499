export { type DetectHooks, type Detection, detect } from './detect.js'
export { loadModel, type Model, type ModelInfo, saveModel } from './model.js'
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
