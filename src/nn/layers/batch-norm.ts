import { z } from 'zod'
import type { Shape, Signal } from '../shape.js'
import type { Layer } from './layer.js'

/** `batch-norm` as data. */
export const batchNormSpec = z.strictObject({
  type: z.literal('batch-norm'),
  epsilon: z.number().positive().max(1).optional(),
})

/**
 * Batch normalisation (Ioffe & Szegedy 2015) of each column: y = scale (x - mean) / sqrt(variance + epsilon) + offset.
 *
 * In training mean and variance (divided by the count) are those of the steps of all windows that are computed together, at most 32 of a larger
 * batch (ghost batches, Hoffer et al. 2017): what a window gives then depends on these others. In scoring they are the running ones, which
 * training moves a tenth of the way in each step, and each window has the bits it has alone. A NaN in training makes its whole column
 * NaN, in scoring only itself.
 * Parameters: scale `[width]`, starting at 1, offset `[width]`, starting at 0; statistics: mean `[width]`, starting at 0, variance
 * `[width]`, starting at 1.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 * @param spec `epsilon` is added to the variance; default 1e-5, as in PyTorch (Keras has 1e-3)
 */
export function batchNorm(inShape: Shape, { epsilon = 1e-5 }: z.output<typeof batchNormSpec>): Layer {
  const { width } = inShape
  const shape = [width]
  return {
    kind: 'batch-norm',
    outShape: inShape,
    params: [
      { name: 'scale', shape, initialise: () => new Float32Array(width).fill(1) },
      { name: 'offset', shape, initialise: () => new Float32Array(width) },
      { name: 'mean', shape, statistic: true, initialise: () => new Float32Array(width) },
      { name: 'variance', shape, statistic: true, initialise: () => new Float32Array(width).fill(1) },
    ],
    build(k, [scale, offset, mean, variance], { inputRows, training, needsInputGradient }) {
      const data = k.alloc(inputRows * width)
      const normal = k.alloc(training ? inputRows * width : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      const means = new Float64Array(width)
      const variances = new Float64Array(width)
      /** 1 / sqrt(variance + epsilon). */
      const inverses = new Float64Array(width)
      const sums = new Float64Array(width)
      const along = new Float64Array(width)
      /** What a window weighs in the statistics; 0 when the running ones were used. */
      let share = 0

      const measure = (x: Float32Array, rows: number) => {
        means.fill(0)
        variances.fill(0)
        for (let row = 0, at = 0; row < rows; row++) {
          for (let i = 0; i < width; i++) means[i] += x[at++]
        }
        for (let i = 0; i < width; i++) means[i] /= rows
        for (let row = 0, at = 0; row < rows; row++) {
          for (let i = 0; i < width; i++) variances[i] += (x[at++] - means[i]) ** 2
        }
        for (let i = 0; i < width; i++) variances[i] /= rows
      }

      return {
        output,
        outputRows: inputRows,
        forward(signal, _batch, pass) {
          const { data: x, rows } = signal
          share = pass?.share ?? 0
          if (pass === undefined) {
            means.set(mean.value)
            variances.set(variance.value)
          } else measure(x, rows)
          for (let i = 0; i < width; i++) inverses[i] = 1 / Math.sqrt(variances[i] + epsilon)
          for (let row = 0, at = 0; row < rows; row++) {
            for (let i = 0; i < width; i++, at++) {
              const z = (x[at] - means[i]) * inverses[i]
              if (training) normal[at] = z
              data[at] = scale.value[i] * z + offset.value[i]
            }
          }
          output.rows = rows
          output.stepRows = signal.stepRows
          output.batchRows = signal.batchRows
        },
        backward(outputGradient, batch) {
          const { rows } = output
          sums.fill(0)
          along.fill(0)
          for (let row = 0, at = 0; row < rows; row++) {
            for (let i = 0; i < width; i++, at++) {
              sums[i] += outputGradient[at]
              along[i] += outputGradient[at] * normal[at]
            }
          }
          for (let i = 0; i < width; i++) {
            offset.gradient[i] += sums[i]
            scale.gradient[i] += along[i]
            mean.gradient[i] += share * batch * means[i]
            variance.gradient[i] += share * batch * variances[i]
          }
          if (!needsInputGradient) return undefined
          // The running statistics are constants; those of the batch depend on every row.
          const coupling = share > 0 ? 1 / rows : 0
          for (let row = 0, at = 0; row < rows; row++) {
            for (let i = 0; i < width; i++, at++) {
              const g = outputGradient[at] - coupling * (sums[i] + normal[at] * along[i])
              inputGradient[at] = scale.value[i] * inverses[i] * g
            }
          }
          return inputGradient
        },
      }
    },
  }
}
