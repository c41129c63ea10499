export {
  type AutoencoderOptions,
  autoencoder,
  type FittedAutoencoder,
  LEAST_ERROR,
  loadAutoencoder,
} from './autoencoder.js'
export { type Alignment, networkResiduals, type ResidualOptions } from './residuals.js'
export { type LoopHooks, localRuntime, type Runtime } from './runtime.js'
