import { z } from 'zod'
import type { Shape, Signal } from '../shape.js'
import type { Layer } from './layer.js'

const weight = z.number().min(0).max(1000).optional()

/** `activity-regularization` as data. */
export const activityRegularizationSpec = z.strictObject({
  type: z.literal('activity-regularization'),
  l1: weight,
  l2: weight,
})

/**
 * Lets the numbers through and adds l1 |x| + l2 x^2, summed over the steps and columns of a window, to the loss of that window in training:
 * the mean over the batch, as Keras has it. No parameters.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 * @param spec `l1` draws small numbers to 0, `l2` holds large ones back; both 0 by default
 */
export function activityRegularization(
  inShape: Shape,
  { l1 = 0, l2 = 0 }: z.output<typeof activityRegularizationSpec>,
): Layer {
  const { steps, width } = inShape
  return {
    kind: 'activity-regularization',
    outShape: inShape,
    params: [],
    build(k, _params, { inputRows, training, needsInputGradient }) {
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const output: Signal = { data: inputGradient, rows: 0, stepRows: 0, batchRows: 1 }
      /** Steps that share a row: more than one of a repeated vector. */
      let times = 1
      let share = 0
      return {
        output,
        outputRows: inputRows,
        forward(signal, batch, pass) {
          Object.assign(output, signal)
          times = (steps * batch) / signal.rows
          share = pass?.share ?? 0
        },
        penalty() {
          const { data, rows } = output
          let sum = 0
          for (let i = 0; i < rows * width; i++) sum += l1 * Math.abs(data[i]) + l2 * data[i] * data[i]
          return times * sum
        },
        backward(outputGradient) {
          if (!needsInputGradient) return undefined
          const { data, rows } = output
          const factor = share * times
          for (let i = 0; i < rows * width; i++)
            inputGradient[i] = outputGradient[i] + factor * (l1 * Math.sign(data[i]) + 2 * l2 * data[i])
          return inputGradient
        },
      }
    },
  }
}
