import { createReferenceKernels } from './reference.js'
import type { KernelBuild, Kernels } from './types.js'
import { createWasmKernels, supports } from './wasm.js'

let preferred: KernelBuild | undefined

/** The fastest build that this machine can run: `relaxed`, else `simd`, else `reference`. */
export function preferredBuild(): KernelBuild {
  preferred ??= (['relaxed', 'simd'] as const).find(supports) ?? 'reference'
  return preferred
}

/**
 * Kernels with a memory of their own. Models share the arena of their thread instead.
 *
 * Two builds differ in the last bits, so results are compared within one build.
 *
 * @param options.bytes size of the memory that `alloc` hands out; each array takes its length rounded up to 16 bytes
 * @param options.build which build; default `preferredBuild()`
 * @throws LimitError `limit-memory` when the memory cannot be had
 */
export function createKernels(options: { bytes: number; build?: KernelBuild }): Kernels {
  const build = options.build ?? preferredBuild()
  return build === 'reference' ? createReferenceKernels(options) : createWasmKernels(build, options.bytes)
}
