export {
  MODEL_VERSION,
  modelFromBytes,
  modelFromState,
  modelToBytes,
  modelToState,
  withId,
} from './assemble.js'
export { derivedOf } from './derived.js'
export { type Excerpt, takeExcerpt } from './excerpt.js'
export {
  type BlocksInfo,
  type Calibration,
  type CalibrationInfo,
  checkModel,
  type MemberInfo,
  type Model,
  type ModelInfo,
  type ModelSettings,
  type RegimeFacts,
} from './info.js'
export { infoFromManifest } from './read-info.js'
export { withReference } from './with-reference.js'
