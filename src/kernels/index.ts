import { createReferenceKernels } from './reference.js'
import type { KernelBuild, Kernels } from './types.js'
import { createWasmKernels, supports } from './wasm.js'

export { ACTIVATIONS, type Activation } from './activation.js'
export { createReferenceKernels } from './reference.js'
export type { KernelBuild, Kernels } from './types.js'

/** The fastest build that this machine can run: `relaxed`, else `simd`, else `reference`. */
export function preferredBuild(): KernelBuild {
  if (supports('relaxed')) return 'relaxed'
  return supports('simd') ? 'simd' : 'reference'
}

/**
 * Kernels with an arena of their own.
 *
 * Two builds differ in the last bits, so results are compared within one build.
 *
 * @param options.bytes size of the arena that `alloc` hands out; each array takes its length rounded up to 16 bytes
 * @param options.build which build; default `preferredBuild()`
 * @throws LimitError `limit-memory` when the arena cannot be had
 */
export function createKernels(options: { bytes: number; build?: KernelBuild }): Kernels {
  const build = options.build ?? preferredBuild()
  return build === 'reference' ? createReferenceKernels(options) : createWasmKernels(build, options.bytes)
}
