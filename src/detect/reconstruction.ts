import type { Interval } from '../core/frame.js'
import type { KernelBuild } from '../kernels/index.js'
import { type Network, runNetwork } from '../nn/index.js'
import { coverCount, windowCount } from '../window/index.js'

/**
 * Which windows speak for a sample.
 *
 * - `covering`: the mean over all windows that contain it, of its own squared error. Sharp in time; looks ahead up to T - 1 samples.
 * - `end`: the mean squared error of the window that ends at it. Causal; the first T - 1 samples have none.
 */
export type Alignment = 'covering' | 'end'

export interface ReconstructionOptions {
  readonly alignment: Alignment
  /** Distance between scored windows, samples. */
  readonly stride: number
  /** Windows that go through the network together; never changes the result. */
  readonly batchSize: number
  readonly build?: KernelBuild
}

/**
 * Reconstruction error per sample and channel for the samples of `part`, in the context of the whole series.
 *
 * Windows are never copied: each batch reads the (batch - 1) * stride + T samples that its windows span, and the first layer works on
 * distinct samples. Memory: the arena of one batch. Every error is summed in the order of the windows, so that neither the batch size nor
 * the cut into parts changes a bit.
 *
 * @param series `[n * C]` scaled samples, no NaN
 * @param out `[(part.end - part.start) * C]`; NaN where no window speaks for the sample
 * @returns yields the number of windows done after each batch
 */
export function* reconstructionError(
  network: Network,
  weights: Float32Array,
  series: Float32Array,
  part: Interval,
  options: ReconstructionOptions,
  out: Float32Array,
): Generator<number, void, undefined> {
  const { alignment, stride, build } = options
  const { steps, width } = network.inShape
  const n = series.length / width
  const windows = windowCount(n, steps, stride)
  const lastStart = alignment === 'covering' ? part.end - 1 : part.end - steps
  const from = Math.max(0, Math.ceil((part.start - steps + 1) / stride))
  const to = Math.min(windows, Math.floor(lastStart / stride) + 1)
  const batchSize = Math.max(1, Math.min(options.batchSize, to - from))
  const span = (batch: number) => (batch - 1) * stride + steps
  const keptRows = alignment === 'covering' ? span(batchSize) : batchSize
  const run = runNetwork(network, {
    batch: batchSize,
    training: false,
    stride,
    scratch: keptRows * width,
    build,
  })
  run.weights.set(weights)
  out.fill(Number.NaN)

  for (let window = from; window < to; window += batchSize) {
    const batch = Math.min(batchSize, to - window)
    const start = window * stride
    const rows = span(batch)
    run.input.set(series.subarray(start * width, (start + rows) * width))
    const output = run.forward({ data: run.input, rows, stepRows: 1, batchRows: stride }, batch)
    if (alignment === 'end') {
      run.kernels.windowSquaredError(run.scratch, output, run.input, steps, batch, width, stride)
      for (let b = 0; b < batch; b++) {
        const sample = start + b * stride + steps - 1 - part.start
        for (let c = 0; c < width; c++) out[sample * width + c] = run.scratch[b * width + c]
      }
    } else {
      run.kernels.spreadSquaredError(run.scratch, output, run.input, steps, batch, width, stride)
      // Samples before the next window's start are complete; the rest moves to the front and is added to.
      const complete = window + batch < to ? Math.min(batch * stride, rows) : rows
      for (let r = 0; r < complete; r++) {
        const sample = start + r
        if (sample < part.start || sample >= part.end) continue
        const count = coverCount(sample, n, steps, stride)
        if (count === 0) continue
        for (let c = 0; c < width; c++)
          out[(sample - part.start) * width + c] = run.scratch[r * width + c] / count
      }
      run.scratch.copyWithin(0, complete * width, rows * width)
      run.scratch.fill(0, (rows - complete) * width)
    }
    yield window + batch - from
  }
}
