import { z } from 'zod'
import type { Shape, Signal } from '../shape.js'
import type { Layer } from './layer.js'

/** `layer-norm` as data. */
export const layerNormSpec = z.strictObject({
  type: z.literal('layer-norm'),
  epsilon: z.number().positive().max(1).optional(),
})

/**
 * Layer normalisation (Ba, Kiros & Hinton 2016): y = scale (x - mean) / sqrt(variance + epsilon) + offset, mean and variance (divided by
 * the width) over the numbers of one step. Parameters: scale `[width]`, starting at 1, offset `[width]`, starting at 0. A step with a NaN
 * becomes NaN.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 * @param spec `epsilon` is added to the variance; default 1e-5, as in PyTorch (Keras has 1e-3)
 */
export function layerNorm(inShape: Shape, { epsilon = 1e-5 }: z.output<typeof layerNormSpec>): Layer {
  const { width } = inShape
  return {
    kind: 'layer-norm',
    outShape: inShape,
    params: [
      { name: 'scale', shape: [width], initialise: () => new Float32Array(width).fill(1) },
      { name: 'offset', shape: [width], initialise: () => new Float32Array(width) },
    ],
    build(k, [scale, offset], { inputRows, training, needsInputGradient }) {
      const data = k.alloc(inputRows * width)
      const normal = k.alloc(training ? inputRows * width : 0)
      const inverse = k.alloc(training ? inputRows : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      return {
        output,
        outputRows: inputRows,
        forward(signal) {
          const x = signal.data
          for (let row = 0, at = 0; row < signal.rows; row++, at += width) {
            let sum = 0
            for (let i = 0; i < width; i++) sum += x[at + i]
            const mean = sum / width
            let squares = 0
            for (let i = 0; i < width; i++) squares += (x[at + i] - mean) ** 2
            const factor = 1 / Math.sqrt(squares / width + epsilon)
            for (let i = 0; i < width; i++) {
              const z = (x[at + i] - mean) * factor
              if (training) normal[at + i] = z
              data[at + i] = scale.value[i] * z + offset.value[i]
            }
            if (training) inverse[row] = factor
          }
          output.rows = signal.rows
          output.stepRows = signal.stepRows
          output.batchRows = signal.batchRows
        },
        backward(outputGradient) {
          const { rows } = output
          k.addColumnSums(offset.gradient, outputGradient, rows, width)
          for (let row = 0, at = 0; row < rows; row++, at += width) {
            for (let i = 0; i < width; i++) scale.gradient[i] += outputGradient[at + i] * normal[at + i]
          }
          if (!needsInputGradient) return undefined
          for (let row = 0, at = 0; row < rows; row++, at += width) {
            let sum = 0
            let along = 0
            for (let i = 0; i < width; i++) {
              const g = outputGradient[at + i] * scale.value[i]
              sum += g
              along += g * normal[at + i]
            }
            for (let i = 0; i < width; i++) {
              const g = outputGradient[at + i] * scale.value[i]
              inputGradient[at + i] = inverse[row] * (g - (sum + normal[at + i] * along) / width)
            }
          }
          return inputGradient
        },
      }
    },
  }
}
