export { type ModelState, modelFromState, modelToState } from './assemble.js'
export type { BlocksInfo, MemberInfo, Model, ModelInfo } from './info.js'
export type { ModelRegimes, RegimeFacts } from './regimes.js'
export { loadFittedThreshold } from './registry.js'
