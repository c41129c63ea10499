import type { Alignment } from '../core/contracts.js'
import { arenaOf, type Kernels, type Region } from '../kernels/index.js'
import { logVariance, type Network, type Predictor } from '../nn/index.js'
import type { Runtime, WindowRange } from './runtime.js'

export interface ResidualOptions {
  /**
   * Which windows decide the error of a sample.
   *
   * - `two-sided`: all windows whose output contains it; the mean of its own squared error. Sharp in time.
   * - `causal`: the window that ends at it; the mean squared error of that window. The first samples have none.
   */
  readonly alignment: Alignment
  /** Distance between scored windows, samples. */
  readonly stride: number
  /** Windows that go through the network together; never changes the result. */
  readonly batchSize: number
}

/** Where the errors of windows go to. */
export interface ErrorTarget {
  /**
   * Squared errors. Causal: `[count * C]` the mean of each window. Two-sided: `[((count - 1) * stride + target.steps) * C]`, to which the errors of
   * the samples that the outputs stand for are added, from the first sample of the first output on.
   */
  readonly errors: Float32Array
  /** What the network expected, in the same places: of the newest sample of a window, or the sum over windows. */
  readonly expected?: Float64Array
}

/** Writes the errors of windows that follow one another; keeps buffers in the arena. */
export type WindowErrors = (
  series: Float32Array,
  windows: WindowRange,
  alignment: Alignment,
  target: ErrorTarget,
) => void

interface ErrorArrays {
  readonly kernels: Kernels
  readonly output: Float32Array
  readonly wanted: Float32Array
  readonly errors: Float32Array
}

/**
 * Squared errors of the windows of a network: of the reconstruction of a window, or of the forecast of the samples after it. A network that gives
 * variances has each squared error divided by its variance.
 *
 * Windows are never copied. Errors are added in the order of the windows, so that neither batches nor threads nor the cut of a series into calls changes
 * a bit.
 */
export function createWindowErrors(predictor: Predictor, runtime: Runtime): WindowErrors {
  const { network } = predictor
  const { target, loss } = network
  const { width } = network.inShape
  /** By stride and batch. */
  const regions = new Map<string, Region<ErrorArrays>>()
  function regionOf(stride: number, batch: number): Region<ErrorArrays> {
    const key = `${stride} ${batch}`
    let region = regions.get(key)
    if (region === undefined) {
      const rows = Math.max(batch, (batch - 1) * stride + target.steps)
      region = arenaOf(runtime.build).region(kernels => ({
        kernels,
        output: kernels.alloc(target.steps * batch * width),
        wanted: kernels.alloc(rows * width),
        errors: kernels.alloc(rows * width),
      }))
      regions.set(key, region)
    }
    return region
  }

  return (series, windows, alignment, into) => {
    if (windows.count <= 0) return
    const { stride, count } = windows
    const capacity = count === 1 ? 1 : windows.batchSize
    const { steps, offset } = target
    runtime.predict(predictor, series, windows, (first, batch, output) => {
      regionOf(stride, Math.max(capacity, batch)).use(arrays => {
        const { kernels, wanted, errors } = arrays
        const start = first * stride
        const rows = (batch - 1) * stride + steps
        const from = (start + offset) * width
        wanted.set(series.subarray(from, from + rows * width))
        if (loss.outputs === 2) standardise(arrays.output, output, wanted, steps, batch, width, stride)
        else arrays.output.set(output.subarray(0, steps * batch * width))
        if (alignment === 'causal') {
          kernels.windowSquaredError(errors, arrays.output, wanted, steps, batch, width, stride)
          into.errors.set(errors.subarray(0, batch * width), first * width)
        } else {
          const place = into.errors.subarray(start * width, (start + rows) * width)
          errors.set(place)
          kernels.spreadSquaredError(errors, arrays.output, wanted, steps, batch, width, stride)
          place.set(errors.subarray(0, rows * width))
        }
      })
      if (into.expected) addExpected(into.expected, network, output, first, batch, stride, alignment)
    })
  }
}

/** Causal: what a window expects of its newest sample. Two-sided: adds what each window expects of each sample of its output. */
function addExpected(
  out: Float64Array,
  { target: { steps }, outShape, inShape: { width } }: Network,
  output: Float32Array,
  first: number,
  batch: number,
  stride: number,
  alignment: Alignment,
): void {
  const isCausal = alignment === 'causal'
  for (let b = 0; b < batch; b++) {
    for (let t = isCausal ? steps - 1 : 0; t < steps; t++) {
      const from = (t * batch + b) * outShape.width
      const to = (isCausal ? first + b : (first + b) * stride + t) * width
      for (let c = 0; c < width; c++) out[to + c] += output[from + c]
    }
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
