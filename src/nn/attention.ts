import type { Tensor } from '../core/state.js'
import { arenaOf, type KernelBuild } from '../kernels/index.js'
import { layOutNetwork, type Network } from './network.js'

/**
 * What each attention layer looks at in one window: weight `[head, t, s]` is the share of step s in what step t of its output sees. The weights
 * of a step sum to 1. Steps are those of the layer's input, which a convolution or a pool before it may have made fewer.
 *
 * @param weights `[flatLength]` of the network
 * @param window `[steps * channels]`, scaled as in training
 * @returns one tensor `[heads, steps, steps]` per attention layer, in order; none when the network has no such layer
 * @example
 * import { attentionWeights, createNetwork } from 'telltale/nn'
 * const network = createNetwork({ name: 'x', inputShape: [2, 1], layers: [{ type: 'self-attention', heads: 1, keyWidth: 1, causal: true }] })
 * const [layer] = attentionWeights(network, new Float32Array(network.flatLength), Float32Array.of(3, 4))
 * Array.from(layer.data) // => [1, 0, 0.5, 0.5]
 */
export function attentionWeights(
  network: Network,
  weights: Float32Array,
  window: ArrayLike<number>,
  build?: KernelBuild,
): Tensor[] {
  const { steps } = network.inShape
  const size = { batch: 1, training: true }
  const region = arenaOf(build).region(kernels => layOutNetwork(network, size, kernels))
  return region.use(run => {
    run.weights.set(weights)
    run.refresh()
    run.input.set(window)
    run.forward({ data: run.input, rows: steps, stepRows: 1, batchRows: 1 }, 1)
    return run.attention.map(({ shape, data }) => ({ shape, data: data.slice() }))
  })
}
