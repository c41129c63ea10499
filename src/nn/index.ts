export { type AdamOptions, adam, type Optimizer } from './adam.js'
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
  type ReadArchitecture,
  resolveArchitecture,
  type Sizes,
  type Speed,
} from './architectures/index.js'
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
export { type LayerSpec, layerSpec } from './layers/index.js'
export {
  createNetwork,
  initialWeights,
  type Network,
  type NetworkRun,
  type NetworkRunOptions,
  runNetwork,
  tensorsToWeights,
  weightsToTensors,
} from './network.js'
export { createTrainingSession, type TrainingSession } from './session.js'
export type { Shape, Signal } from './shape.js'
export {
  type EpochRecord,
  type TrainingData,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingResult,
  train,
} from './train.js'
