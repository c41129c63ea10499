export {
  MODEL_VERSION,
  modelFromBytes,
  modelFromState,
  modelToBytes,
  modelToState,
  withId,
} from './assemble.js'
export type {
  BlocksInfo,
  Calibration,
  CalibrationInfo,
  MemberInfo,
  Model,
  ModelInfo,
  ModelSettings,
  RegimeFacts,
} from './info.js'
export { infoFromManifest } from './read-info.js'
