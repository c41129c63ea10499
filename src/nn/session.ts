import type { KernelBuild } from '../kernels/index.js'
import { type Network, runNetwork } from './network.js'

/** Windows that go through the network together in training; larger batches leave the cache. */
const MICRO_BATCH = 32

/** Computes losses and gradients of windows of one series; each thread has its own. */
export interface TrainingSession {
  /** Takes over the weights `[flatLength]`. */
  load(weights: Float32Array): void
  /**
   * Gradient of factor * sum of squared errors over the windows `starts[from..to)`, written to `gradients` `[flatLength]`.
   * Returns the sum of squared errors.
   */
  gradient(starts: Int32Array, from: number, to: number, factor: number, gradients: Float32Array): number
  /** Sum of squared errors over the windows `starts[from..to)`. */
  loss(starts: Int32Array, from: number, to: number): number
}

/**
 * @param series `[N * C]` scaled samples; windows start at sample numbers
 */
export function createTrainingSession(
  network: Network,
  series: Float32Array,
  build?: KernelBuild,
): TrainingSession {
  const run = runNetwork(network, { batch: MICRO_BATCH, training: true, build })
  const { kernels: k } = run
  const { steps, width } = network.inShape

  const forward = (starts: Int32Array, from: number, batch: number): Float32Array => {
    const { input } = run
    // Time-major [steps, batch, width]: the windows of a shuffled batch are copied, a few kB that stay in cache.
    for (let b = 0; b < batch; b++) {
      let source = starts[from + b] * width
      for (let t = 0; t < steps; t++) {
        const target = (t * batch + b) * width
        for (let c = 0; c < width; c++) input[target + c] = series[source++]
      }
    }
    return run.forward({ data: input, rows: steps * batch, stepRows: batch, batchRows: 1 }, batch)
  }

  return {
    load(weights) {
      run.weights.set(weights)
      run.refresh()
    },
    gradient(starts, from, to, factor, gradients) {
      let sum = 0
      run.gradients.fill(0)
      for (let at = from; at < to; at += MICRO_BATCH) {
        const batch = Math.min(MICRO_BATCH, to - at)
        const output = forward(starts, at, batch)
        sum += k.squaredError(run.lossGradient, output, run.input, 2 * factor, steps * batch * width)
        run.backward(run.lossGradient, batch)
      }
      gradients.set(run.gradients)
      return sum
    },
    loss(starts, from, to) {
      let sum = 0
      for (let at = from; at < to; at += MICRO_BATCH) {
        const batch = Math.min(MICRO_BATCH, to - at)
        const output = forward(starts, at, batch)
        sum += k.squaredError(run.lossGradient, output, run.input, 0, steps * batch * width)
      }
      return sum
    },
  }
}
