export { type AutoOptions, auto, cheapMembers } from './auto.js'
export {
  type AutoencoderOptions,
  autoencoder,
  type FittedAutoencoder,
  LEAST_ERROR,
  loadAutoencoder,
} from './autoencoder.js'
export type { CrossFitted } from './cross-fit.js'
export { ensemble, type FittedEnsemble, type FittedMember, loadEnsemble, type Member } from './ensemble.js'
export { type LinearVarOptions, linearVar, loadLinearVar } from './linear-var.js'
export { loadNearest, type NearestOptions, nearest } from './nearest.js'
export { loadPca, type PcaOptions, pca } from './pca.js'
export { type Alignment, networkResiduals, type ResidualOptions } from './residuals.js'
export { type LoopHooks, localRuntime, type Runtime } from './runtime.js'
export { type Smoother, type SmoothingOptions, smoother } from './smoothing.js'
