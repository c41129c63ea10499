export { type Architecture, architectureSchema, lstmAutoencoder } from './architecture.js'
export {
  ARCHITECTURES,
  type ArchitectureDefinition,
  architectureJsonSchema,
  checkDefinition,
  definitionSchema,
  describeNetwork,
  findArchitecture,
  fromOriginal,
  type LayerDraft,
  type LayerFacts,
  layerTypes,
  type MeasureOptions,
  measureNetwork,
  type NetworkFacts,
  parseArchitecture,
  resolveArchitecture,
  type Sizes,
  type Speed,
} from './architectures/index.js'
export { attentionWeights } from './attention.js'
export {
  createLocalEngine,
  lossShard,
  lossShardCount,
  MAX_SHARDS,
  type Shard,
  shardsOf,
  sumSlots,
  type TrainingEngine,
} from './engine.js'
export { glorotUniform, orthogonal } from './initialise.js'
export { inputGradient } from './input-gradient.js'
export { type LayerSpec, layerSpec } from './layers/index.js'
export { type Loss, type LossName, logVariance, lossName, lossOf } from './losses.js'
export {
  createNetwork,
  initialWeights,
  layOutNetwork,
  type Network,
  type NetworkRun,
  type NetworkRunOptions,
  tensorsToWeights,
  weightsToTensors,
} from './network.js'
export {
  createOptimizer,
  type Optimizer,
  type OptimizerChoice,
  type OptimizerState,
  optimizerName,
  optimizerSpec,
} from './optimizers/index.js'
export { createPredictor, type Predictor } from './predictor.js'
export { learningRateFactor, scheduleName } from './schedules.js'
export { createTrainingSession, type Step, type TrainingSession } from './session.js'
export type { Shape, Signal } from './shape.js'
export {
  type EpochRecord,
  type TrainingData,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingResult,
  type TrainingState,
  train,
} from './train.js'
