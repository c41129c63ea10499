import { createKernels, type KernelBuild, lengthOf } from '../../src/kernels/index.js'
import { layOutNetwork, type Network, type NetworkRun, type NetworkRunOptions } from '../../src/nn/index.js'

/** A network in a memory of its own, of exactly the size it needs. */
export function runNetwork(
  network: Network,
  { build, ...options }: NetworkRunOptions & { readonly build?: KernelBuild },
): NetworkRun {
  const bytes = 4 * lengthOf(kernels => layOutNetwork(network, options, kernels))
  return layOutNetwork(network, options, createKernels({ bytes, build }))
}
