// `telltale/session`: scoring with a model that is already trained. Runs in browsers: nothing in its imports needs Node.js.
export {
  ALIGNMENTS,
  type Alignment,
  type AnomalyEvent,
  type DriftAdvice,
  type DriftChange,
  type EventChange,
  type EventTimes,
  REASONS,
  type Reason,
  type SignalDrift,
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
export { type Model, type ModelInfo, modelFromBytes, modelFromState } from '../model/index.js'
export {
  openSession,
  type ResolvedSettings,
  resolveSettings,
  type ScoredSamples,
  type Session,
  type SessionSettings,
  type Step,
} from '../session/index.js'
export type { Issue } from '../validate/index.js'
