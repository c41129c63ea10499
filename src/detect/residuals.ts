import type { Interval } from '../core/frame.js'
import type { KernelBuild } from '../kernels/index.js'
import { logVariance, type Network, runNetwork } from '../nn/index.js'
import { coverCount, windowCount } from '../window/index.js'

/**
 * Which windows speak for a sample.
 *
 * - `covering`: the mean over all windows whose output contains it, of its own squared error. Sharp in time; looks ahead by what a window
 *   gives out less one sample.
 * - `end`: the mean squared error of the window that ends at it. Causal; the first samples have none.
 */
export type Alignment = 'covering' | 'end'

export interface ResidualOptions {
  readonly alignment: Alignment
  /** Distance between scored windows, samples. */
  readonly stride: number
  /** Windows that go through the network together; never changes the result. */
  readonly batchSize: number
  readonly build?: KernelBuild
}

/**
 * Squared error per sample and channel for the samples of `part`, in the context of the whole series: of the reconstruction of a window, or of
 * the forecast of the samples after it. A network that gives variances has each squared error divided by its variance.
 *
 * Windows are never copied: each batch reads the samples that its windows span, and the first layer works on distinct samples. Memory: the
 * arena of one batch. Every error is summed in the order of the windows, so that neither the batch size nor the cut into parts changes a bit.
 *
 * @param series `[n * C]` scaled samples, no NaN
 * @param out `[(part.end - part.start) * C]`; NaN where no window speaks for the sample
 * @returns yields the number of windows done after each batch
 */
export function* networkResiduals(
  network: Network,
  weights: Float32Array,
  series: Float32Array,
  part: Interval,
  options: ResidualOptions,
  out: Float32Array,
): Generator<number, void, undefined> {
  const { alignment, stride, build } = options
  const { inShape, target, span, loss } = network
  const { steps, width } = inShape
  const n = series.length / width
  // Windows whose output, or whose end, lies in the part.
  const lead = alignment === 'covering' ? target.offset : span - 1
  const from = Math.max(0, Math.ceil((part.start - span + 1) / stride))
  const to = Math.min(windowCount(n, span, stride), Math.floor((part.end - 1 - lead) / stride) + 1)
  const batchSize = Math.max(1, Math.min(options.batchSize, to - from))
  /** Distinct samples that the outputs, or the inputs, of a batch stand for. */
  const rowsOf = (batch: number, length: number) => (batch - 1) * stride + length
  const keptRows = alignment === 'covering' ? rowsOf(batchSize, target.steps) : batchSize
  const hasOwnTarget = target.offset > 0
  const targetRows = hasOwnTarget ? rowsOf(batchSize, target.steps) : 0
  const isScaled = loss.outputs === 2
  const run = runNetwork(network, {
    batch: batchSize,
    training: false,
    stride,
    scratch: (keptRows + targetRows + (isScaled ? target.steps * batchSize : 0)) * width,
    build,
  })
  const { kernels, input, scratch } = run
  const kept = scratch.subarray(0, keptRows * width)
  const ownTarget = scratch.subarray(keptRows * width, (keptRows + targetRows) * width)
  const scaled = scratch.subarray((keptRows + targetRows) * width)
  const wanted = hasOwnTarget ? ownTarget : input
  run.weights.set(weights)
  out.fill(Number.NaN)

  for (let window = from; window < to; window += batchSize) {
    const batch = Math.min(batchSize, to - window)
    const start = window * stride
    const rows = rowsOf(batch, steps)
    input.set(series.subarray(start * width, (start + rows) * width))
    const first = start + target.offset
    const covered = rowsOf(batch, target.steps)
    if (hasOwnTarget) ownTarget.set(series.subarray(first * width, (first + covered) * width))
    let output = run.forward({ data: input, rows, stepRows: 1, batchRows: stride }, batch)
    if (isScaled) {
      standardise(scaled, output, wanted, target.steps, batch, width, stride)
      output = scaled
    }
    if (alignment === 'end') {
      kernels.windowSquaredError(kept, output, wanted, target.steps, batch, width, stride)
      for (let b = 0; b < batch; b++) {
        const sample = start + b * stride + span - 1 - part.start
        for (let c = 0; c < width; c++) out[sample * width + c] = kept[b * width + c]
      }
    } else {
      kernels.spreadSquaredError(kept, output, wanted, target.steps, batch, width, stride)
      // Samples before the next window's output are complete; the rest moves to the front and is added to.
      const complete = window + batch < to ? Math.min(batch * stride, covered) : covered
      for (let r = 0; r < complete; r++) {
        const sample = first + r
        if (sample < part.start || sample >= part.end) continue
        const count = coverCount(sample - target.offset, n - target.offset, target.steps, stride)
        if (count === 0) continue
        for (let c = 0; c < width; c++) out[(sample - part.start) * width + c] = kept[r * width + c] / count
      }
      kept.copyWithin(0, complete * width, covered * width)
      kept.fill(0, (covered - complete) * width)
    }
    yield window + batch - from
  }
}

/** Moves each prediction so that its error is in standard deviations: out = x + (mean - x) exp(-v / 2). */
function standardise(
  out: Float32Array,
  y: Float32Array,
  series: Float32Array,
  steps: number,
  batch: number,
  width: number,
  stride: number,
): void {
  for (let t = 0, at = 0; t < steps; t++) {
    for (let b = 0; b < batch; b++) {
      for (let c = 0; c < width; c++, at++) {
        const mean = 2 * (t * batch + b) * width + c
        const x = series[(b * stride + t) * width + c]
        out[at] = x + (y[mean] - x) * Math.exp(-0.5 * logVariance(y[mean + width]))
      }
    }
  }
}
