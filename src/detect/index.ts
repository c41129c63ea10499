export {
  type AutoencoderOptions,
  autoencoder,
  type FittedAutoencoder,
  LEAST_ERROR,
  loadAutoencoder,
} from './autoencoder.js'
export { type Alignment, type ReconstructionOptions, reconstructionError } from './reconstruction.js'
export { type LoopHooks, localRuntime, type Runtime } from './runtime.js'
