import { createReferenceKernels } from './reference.js'
import type { KernelBuild, Kernels } from './types.js'

export { createReferenceKernels } from './reference.js'
export type { KernelBuild, Kernels } from './types.js'

/** The fastest build that this machine can run. */
export function preferredBuild(): KernelBuild {
  return 'reference'
}

/** Kernels with an arena of `bytes` bytes. */
export function createKernels(options: { bytes: number; build?: KernelBuild }): Kernels {
  return createReferenceKernels(options)
}
