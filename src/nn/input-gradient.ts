import { arenaOf, type KernelBuild } from '../kernels/index.js'
import { layOutNetwork, type Network } from './network.js'

/** Windows that go through the network together. */
const BATCH = 32

/**
 * Gradient of a function of the output of a network with respect to its input, window by window, as the network scores: without noise.
 *
 * @param weights `[flatLength]` of the network
 * @param windows `[count * steps * width]` one after the other, scaled as in training
 * @param slope writes the gradient of the function with respect to the output, both time-major `[outSteps, batch, outWidth]`, of the windows from number `first`
 * on
 * @returns `[count * steps * width]`
 */
export function inputGradient(
  network: Network,
  weights: Float32Array,
  windows: Float32Array,
  slope: (output: Float32Array, gradient: Float32Array, first: number, batch: number) => void,
  build?: KernelBuild,
): Float32Array {
  const { steps, width } = network.inShape
  const length = steps * width
  const count = windows.length / length
  const out = new Float32Array(windows.length)
  const size = { batch: BATCH, training: true, inputGradient: true }
  const region = arenaOf(build).region(kernels => layOutNetwork(network, size, kernels))
  region.use(run => {
    run.weights.set(weights)
    run.refresh()
    for (let first = 0; first < count; first += BATCH) {
      const batch = Math.min(BATCH, count - first)
      const part = windows.subarray(first * length, (first + batch) * length)
      transpose(run.input, part, batch, steps, width)
      const signal = { data: run.input, rows: steps * batch, stepRows: batch, batchRows: 1 }
      const output = run.forward(signal, batch)
      slope(output, run.lossGradient, first, batch)
      const gradient = run.backward(run.lossGradient, batch)
      if (gradient) transpose(out.subarray(first * length), gradient, steps, batch, width)
    }
  })
  region.free()
  return out
}

/** `[rows, columns, width]` to `[columns, rows, width]`. */
function transpose(
  out: Float32Array,
  from: Float32Array,
  rows: number,
  columns: number,
  width: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      for (let w = 0; w < width; w++) out[(c * rows + r) * width + w] = from[(r * columns + c) * width + w]
}
