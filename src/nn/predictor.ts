import { arenaOf, type KernelBuild, type Region } from '../kernels/index.js'
import { layOutNetwork, type Network, type NetworkRun } from './network.js'

/** A trained network at work: plain arrays in, plain arrays out. */
export interface Predictor {
  readonly network: Network
  readonly weights: Float32Array
  readonly build?: KernelBuild
  /** Numbers that the network gives per window. */
  readonly outputLength: number
  /**
   * The output of windows that begin every `stride` samples of a series. The first layer works on distinct samples, no window is copied. The bits of
   * a window's output depend on its samples alone.
   *
   * @param series `[((count - 1) * stride + steps) * C]` or more, scaled, from the first sample of the first window on
   * @param count windows
   * @param capacity most windows that this and later calls go through the network with; buffers are kept for it
   * @param out `[steps, count, width]`, time-major
   */
  predict(series: Float32Array, count: number, stride: number, capacity: number, out: Float32Array): void
  /** Gives its buffers back; it may still be used. */
  close(): void
}

/**
 * Puts a trained network to work. Its weights and buffers are laid out in the arena of the thread when they are used, and stay there as long as
 * there is room.
 *
 * @param weights `[flatLength]`, not copied
 */
export function createPredictor(network: Network, weights: Float32Array, build?: KernelBuild): Predictor {
  const { steps, width } = network.inShape
  const outputLength = network.outShape.steps * network.outShape.width
  /** By stride and capacity. */
  const regions = new Map<string, Region<NetworkRun>>()
  function regionOf(stride: number, capacity: number): Region<NetworkRun> {
    const key = `${stride} ${capacity}`
    let region = regions.get(key)
    if (region === undefined) {
      const size = { batch: capacity, training: false, stride }
      region = arenaOf(build).region(
        kernels => layOutNetwork(network, size, kernels),
        run => run.weights.set(weights),
      )
      regions.set(key, region)
    }
    return region
  }
  return {
    network,
    weights,
    build,
    outputLength,
    predict(series, count, stride, capacity, out) {
      regionOf(stride, capacity).use(run => {
        const rows = (count - 1) * stride + steps
        run.input.set(series.subarray(0, rows * width))
        const output = run.forward({ data: run.input, rows, stepRows: 1, batchRows: stride }, count)
        out.set(output.subarray(0, count * outputLength))
      })
    },
    close() {
      for (const region of regions.values()) region.free()
      regions.clear()
    },
  }
}
