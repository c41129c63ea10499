import { z } from 'zod'
import { placedNoise } from '../noise.js'
import type { Shape, Signal } from '../shape.js'
import type { Layer, Pass } from './layer.js'

/** The share of numbers that are dropped. */
export const dropRate = z.number().min(0).max(0.99)

/** `dropout` as data. */
export const dropoutSpec = z.strictObject({
  type: z.literal('dropout'),
  rate: dropRate,
  perWindow: z.boolean().optional(),
})

/**
 * Dropout (Srivastava et al. 2014): in training each number becomes 0 with probability `rate` and is else divided by 1 - `rate`; in scoring
 * nothing changes and nothing is copied. No parameters. A NaN stays NaN.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 * @param spec `perWindow` drops the same columns at every step of a window (Gal & Ghahramani 2016; Keras' SpatialDropout1D). Of a
 * repeated vector that is so in any case.
 */
export function dropout(inShape: Shape, { rate, perWindow = false }: z.output<typeof dropoutSpec>): Layer {
  const { width } = inShape
  return {
    kind: 'dropout',
    outShape: inShape,
    params: [],
    build(k, _params, { batch: maxBatch, inputRows, training, needsInputGradient, stream }) {
      const room = training && rate > 0 ? inputRows * width : 0
      const data = k.alloc(room)
      const mask = k.alloc(perWindow ? Math.min(room, maxBatch * width) : room)
      const inputGradient = k.alloc(needsInputGradient ? room : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      /** Numbers of the mask in use; 0 when nothing was dropped. */
      let period = 0
      return {
        output,
        outputRows: inputRows,
        forward(signal, batch, pass) {
          const { rows, stepRows, batchRows } = signal
          output.rows = rows
          output.stepRows = stepRows
          output.batchRows = batchRows
          if (pass === undefined || rate === 0) {
            period = 0
            output.data = signal.data
            return
          }
          const maskRows = perWindow ? batch : rows
          period = maskRows * width
          drawMask(mask, rate, pass, stream, maskRows, width)
          multiply(data, signal.data, mask, rows * width, period)
          output.data = data
        },
        backward(outputGradient) {
          if (!needsInputGradient) return undefined
          if (period === 0) return outputGradient
          multiply(inputGradient, outputGradient, mask, output.rows * width, period)
          return inputGradient
        },
      }
    },
  }
}

/** Writes 0 (with probability `rate`) or 1 / (1 - rate) to `mask` `[rows, width]`; row r belongs to window r modulo their number. */
export function drawMask(
  mask: Float32Array,
  rate: number,
  { seed, windows }: Pass,
  stream: number,
  rows: number,
  width: number,
): void {
  const kept = 1 / (1 - rate)
  for (let b = 0; b < windows.length; b++) {
    const uniform = placedNoise(seed, stream, windows[b])
    for (let row = b; row < rows; row += windows.length) {
      for (let i = 0, at = row * width; i < width; i++, at++) mask[at] = uniform() < rate ? 0 : kept
    }
  }
}

/** out = values * mask, the mask over and over. */
function multiply(
  out: Float32Array,
  values: Float32Array,
  mask: Float32Array,
  n: number,
  period: number,
): void {
  for (let at = 0; at < n; ) {
    for (let i = 0; i < period; i++, at++) out[at] = values[at] * mask[i]
  }
}
