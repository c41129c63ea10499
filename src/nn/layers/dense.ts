import { z } from 'zod'
import { glorotUniform } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { activationName, withActivation } from './activation.js'
import { type Layer, layerSize } from './layer.js'

/** `dense` as data. */
export const denseSpec = z.strictObject({
  type: z.literal('dense'),
  units: layerSize,
  activation: activationName.optional(),
})

/**
 * The same linear map at each step, y = x W + b, then an `activation` if one is given.
 * Parameters: kernel W `[I, units]`, bias b `[units]`, starting at 0.
 *
 * @param inShape `[steps, I]`
 * @param spec `units` is the width of the output `[steps, units]`
 */
export function dense(inShape: Shape, { units, activation }: z.output<typeof denseSpec>): Layer {
  return withActivation(linear(inShape, units), activation)
}

function linear(inShape: Shape, units: number): Layer {
  const { steps, width } = inShape
  return {
    kind: 'dense',
    outShape: { steps, width: units },
    params: [
      { name: 'kernel', shape: [width, units], initialise: random => glorotUniform(random, width, units) },
      { name: 'bias', shape: [units], initialise: () => new Float32Array(units) },
    ],
    build(k, [kernel, bias], { inputRows, training, needsInputGradient }) {
      const data = k.alloc(inputRows * units)
      const backwards = training && needsInputGradient
      const kernelT = k.alloc(backwards ? units * width : 0)
      const inputGradient = k.alloc(backwards ? inputRows * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      return {
        output,
        outputRows: inputRows,
        forward(signal) {
          input = signal
          k.affine(data, signal.data, kernel.value, bias.value, signal.rows, units, width, width, 1)
          output.rows = signal.rows
          output.stepRows = signal.stepRows
          output.batchRows = signal.batchRows
        },
        refresh() {
          if (needsInputGradient) k.transpose(kernelT, kernel.value, width, units)
        },
        backward(outputGradient) {
          const { rows } = input
          k.gemm(kernel.gradient, input.data, outputGradient, width, units, rows, units, 1, width, units, 1)
          k.addColumnSums(bias.gradient, outputGradient, rows, units)
          if (!needsInputGradient) return undefined
          k.gemm(inputGradient, outputGradient, kernelT, rows, width, units, width, units, 1, width, 0)
          return inputGradient
        },
      }
    },
  }
}
