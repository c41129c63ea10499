import { arenaOf, type KernelBuild } from '../kernels/index.js'
import { layOutNetwork, type Network, type NetworkRun } from './network.js'

/** Windows that go through the network together in training; larger batches leave the cache. */
const MICRO_BATCH = 32

/** One step of the optimizer as its shards see it. */
export interface Step {
  /** 1 / number of windows of the batch. */
  readonly share: number
  /** Of the noise of this step. */
  readonly seed: number
}

/** Computes losses and gradients of windows of one series; each thread has its own. */
export interface TrainingSession {
  /** The weights `[flatLength]` from now on; they may only change with another call of `load`. */
  load(weights: Float32Array): void
  /**
   * What the windows `starts[from..to)` add to the gradient of the mean loss of their batch, written to `gradients` `[flatLength]`. Returns
   * what they add to the mean loss.
   */
  gradient(starts: Int32Array, from: number, to: number, step: Step, gradients: Float32Array): number
  /** Sum of the losses of the windows `starts[from..to)` as the network scores: no noise, no penalties. */
  loss(starts: Int32Array, from: number, to: number): number
  /** Gives its buffers back. */
  close(): void
}

/**
 * @param series `[N * C]` scaled samples; windows start at sample numbers
 */
export function createTrainingSession(
  network: Network,
  series: Float32Array,
  build?: KernelBuild,
): TrainingSession {
  const { inShape, target, loss } = network
  const { steps, width } = inShape
  const values = target.steps * width
  const isForecaster = target.offset > 0
  const size = { batch: MICRO_BATCH, training: true, scratch: isForecaster ? MICRO_BATCH * values : 0 }
  let current: Float32Array | undefined
  let isLoaded = false
  const region = arenaOf(build).region(
    kernels => layOutNetwork(network, size, kernels),
    () => {
      isLoaded = false
    },
  )
  /** Calls `work` with the network that holds the current weights. */
  const withRun = <R>(work: (run: NetworkRun) => R): R =>
    region.use(run => {
      if (!isLoaded && current !== undefined) {
        run.weights.set(current)
        run.refresh()
      }
      isLoaded = true
      return work(run)
    })
  const wantedOf = (run: NetworkRun) => (isForecaster ? run.scratch : run.input)

  // Time-major [steps, batch, width]: the windows of a shuffled batch are copied, a few kB that stay in cache.
  const gather = (out: Float32Array, windows: Int32Array, offset: number, count: number) => {
    const batch = windows.length
    for (let b = 0; b < batch; b++) {
      let source = (windows[b] + offset) * width
      for (let t = 0; t < count; t++) {
        const to = (t * batch + b) * width
        for (let c = 0; c < width; c++) out[to + c] = series[source++]
      }
    }
  }
  const forward = (run: NetworkRun, windows: Int32Array, step?: Step): Float32Array => {
    const { input } = run
    const batch = windows.length
    gather(input, windows, 0, steps)
    if (isForecaster) gather(run.scratch, windows, target.offset, target.steps)
    const signal = { data: input, rows: steps * batch, stepRows: batch, batchRows: 1 }
    return run.forward(signal, batch, step && { ...step, windows })
  }
  const evaluate = (run: NetworkRun, output: Float32Array, factor: number, batch: number) =>
    loss.evaluate(run.kernels, run.lossGradient, output, wantedOf(run), factor, target.steps * batch, width)

  return {
    load(weights) {
      current = weights
      isLoaded = false
    },
    gradient: (starts, from, to, step, gradients) =>
      withRun(run => {
        const factor = step.share / values
        let sum = 0
        let penalty = 0
        run.gradients.fill(0)
        for (let at = from; at < to; at += MICRO_BATCH) {
          const windows = starts.subarray(at, Math.min(to, at + MICRO_BATCH))
          const output = forward(run, windows, step)
          sum += evaluate(run, output, factor, windows.length)
          penalty += run.penalty()
          run.backward(run.lossGradient, windows.length)
        }
        gradients.set(run.gradients)
        return sum * factor + penalty * step.share
      }),
    loss: (starts, from, to) =>
      withRun(run => {
        let sum = 0
        for (let at = from; at < to; at += MICRO_BATCH) {
          const windows = starts.subarray(at, Math.min(to, at + MICRO_BATCH))
          sum += evaluate(run, forward(run, windows), 0, windows.length)
        }
        return sum / values
      }),
    close: region.free,
  }
}
