import { z } from 'zod'
import { ACTIVATIONS, type Activation } from '../../kernels/index.js'
import type { Shape, Signal } from '../shape.js'
import { chain } from './chain.js'
import type { Layer } from './layer.js'

/** The name of an element-wise function; an optional property of layers that end in one. */
export const activationName = z.enum(ACTIVATIONS)

/** `activation` as data. */
export const activationSpec = z.strictObject({ type: z.literal('activation'), activation: activationName })

/**
 * The same function of each number: `linear`, `relu`, `leaky-relu` (slope 0.01 below zero), `elu` (alpha 1), `gelu` (its tanh form),
 * `tanh`, `sigmoid`, `softplus`. NaN stays NaN. No parameters.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 */
export function activation(inShape: Shape, spec: z.output<typeof activationSpec>): Layer {
  const which = ACTIVATIONS.indexOf(spec.activation)
  const { width } = inShape
  return {
    kind: 'activation',
    outShape: inShape,
    params: [],
    build(k, _params, { inputRows, training, needsInputGradient }) {
      const data = k.alloc(inputRows * width)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      return {
        output,
        outputRows: inputRows,
        forward(signal) {
          input = signal
          k.activate(data, signal.data, which, signal.rows * width)
          output.rows = signal.rows
          output.stepRows = signal.stepRows
          output.batchRows = signal.batchRows
        },
        backward(outputGradient) {
          if (!needsInputGradient) return undefined
          k.activateBackward(inputGradient, outputGradient, input.data, data, which, input.rows * width)
          return inputGradient
        },
      }
    },
  }
}

/** A layer followed by a function; `linear` and none add nothing. */
export function withActivation(layer: Layer, name: Activation = 'linear'): Layer {
  if (name === 'linear') return layer
  return chain([layer, activation(layer.outShape, { type: 'activation', activation: name })])
}
