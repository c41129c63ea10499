// `telltale`: train, score, keep models, read and write. The other entries are for one purpose each.
export {
  ALIGNMENTS,
  type Alignment,
  type AnomalyEvent,
  type EventChange,
  type EventTimes,
  type FitProgress,
  REASONS,
  type Reason,
} from '../core/contracts.js'
export { type ErrorCode, type ErrorKind, TelltaleError } from '../core/errors.js'
export { type Frame, type Interval, sampleCount, sliceFrame } from '../core/frame.js'
export {
  type FrameColumns,
  type FrameRow,
  type FrameRowsOptions,
  frameFromColumns,
  frameFromRows,
  type Readings,
  type Time,
} from '../core/frame-builders.js'
export type { State, Tensor } from '../core/state.js'
export { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
export { VERSION } from '../core/version.js'
export {
  type ChannelDrift,
  type ChannelReference,
  checkDrift,
  type DriftLevel,
  type DriftReference,
  type DriftReport,
} from '../drift/index.js'
export {
  type EventTable,
  type OutputOptions,
  type ScoreTable,
  writeEvents,
  writeScores,
} from '../emit/index.js'
export {
  type ExplainSettings,
  type Explanation,
  explainEvents,
  findReference,
  type Overview,
  type Reference,
} from '../explain/index.js'
export {
  type ChunkedTable,
  type ReadChunksOptions,
  type ReadTableOptions,
  readChunks,
  readTable,
  type Table,
  type TableChunk,
  type TableSource,
} from '../ingest/index.js'
export {
  type Model,
  type ModelInfo,
  modelFromBytes,
  modelFromState,
  modelToBytes,
  modelToState,
} from '../model/index.js'
export {
  type Backtest,
  type BacktestSettings,
  type BlockOptions,
  backtest,
  type Detection,
  type DetectOptions,
  type DetectStep,
  detect,
  detectOptions,
  detectStream,
  type EvaluateModelSettings,
  evaluateModel,
  exportOnnx,
  type HistoryBlocks,
  type ModelEvaluation,
  openWorkerPool,
  type Recalibration,
  recalibrate,
  type SmallestFaults,
  type SmallestFaultsSettings,
  sampleBlocks,
  smallestFaults,
  type TrainHooks,
  type TrainOptions,
  type TrainSettings,
  trainModel,
  trainOptions,
  type WorkerPool,
  type WorkerPoolOptions,
} from '../pipeline/index.js'
export {
  type EffectiveThreshold,
  type LoopHooks,
  openSession,
  type ResolvedSettings,
  resolveSettings,
  type ScoredSamples,
  type Session,
  type SessionSettings,
  type Step,
  type ThresholdSettings,
} from '../session/index.js'
export { generatePlant, type Plant, type SimulateOptions } from '../simulate/index.js'
export {
  type ArtefactCheck,
  loadModel,
  type Registry,
  resolveModel,
  saveModel,
  verifyArtefact,
} from '../store/index.js'
export {
  type Change,
  type Health,
  type Issue,
  type RepairOptions,
  repairFrame,
  type ValidateContext,
  type ValidateOptions,
  validateFrame,
} from '../validate/index.js'
