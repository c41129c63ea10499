import { z } from 'zod'
import { glorotUniform, orthogonal } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient } from '../signal.js'
import { gruResetBefore } from './gru-reset-before.js'
import { type Layer, layerSize } from './layer.js'

/** `gru` as data. */
export const gruSpec = z.strictObject({
  type: z.literal('gru'),
  units: layerSize,
  returnSequences: z.boolean().optional(),
  /** Whether the reset gate acts after the recurrent product (default) or before it. */
  resetAfter: z.boolean().optional(),
})

/**
 * Gated recurrent unit (Cho et al. 2014) from a zero state: h_t = (1 - z) n + z h_{t-1}, with sigmoid r and z, tanh n.
 * Reset after the product: n = tanh(x W_n + b_n + r (h U_n + c_n)), the default of Keras, and PyTorch, cuDNN and ONNX with
 * `linear_before_reset` 1. With `resetAfter: false` it is `gruResetBefore`, which has other weights.
 * Gates r, z, n as in PyTorch; Keras has the same columns as z, r, h.
 * Parameters: kernel W `[I, 3H]`, recurrent U `[H, 3H]`, bias b `[3H]` of the input and recurrentBias c `[3H]`, both starting at 0.
 *
 * @param inShape `[steps, I]`
 * @param spec `units` H; `returnSequences` gives every step (`[steps, H]`), else only the last state (`[1, H]`)
 */
export function gru(inShape: Shape, spec: z.output<typeof gruSpec>): Layer {
  const { steps, width } = inShape
  const { units, returnSequences = false, resetAfter = true } = spec
  if (!resetAfter) return gruResetBefore(inShape, units, returnSequences)
  const gateWidth = 3 * units
  /** Of the kept gates of a row: n, r, z and the recurrent part of n. */
  const keptWidth = 4 * units
  return {
    kind: 'gru',
    outShape: { steps: returnSequences ? steps : 1, width: units },
    params: [
      {
        name: 'kernel',
        shape: [width, gateWidth],
        initialise: random => glorotUniform(random, width, gateWidth),
      },
      {
        name: 'recurrent',
        shape: [units, gateWidth],
        initialise: random => orthogonal(random, units, gateWidth),
      },
      { name: 'bias', shape: [gateWidth], initialise: () => new Float32Array(gateWidth) },
      { name: 'recurrentBias', shape: [gateWidth], initialise: () => new Float32Array(gateWidth) },
    ],
    build(k, params, { batch: maxBatch, inputRows, training, needsInputGradient }) {
      const [kernel, recurrent, bias, recurrentBias] = params
      const projected = k.alloc(inputRows * gateWidth)
      const h = k.alloc((training || returnSequences ? steps : 1) * maxBatch * units)
      const gates = k.alloc((training ? steps : 1) * maxBatch * keptWidth)
      // Only training needs what follows.
      const recurrentT = k.alloc(training ? gateWidth * units : 0)
      const kernelT = k.alloc(training && needsInputGradient ? gateWidth * width : 0)
      const carried = k.alloc(training ? maxBatch * units : 0)
      const biasGradient = k.alloc(training ? keptWidth : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const output: Signal = { data: h, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output

      /** The gradients of all but U; `gradient` has a row of n, r, z, q for each row of the input. */
      const inputPart = (gradient: Float32Array): void => {
        const { data, rows } = input
        const resetUpdate = gradient.subarray(units)
        k.gemm(kernel.gradient, data, resetUpdate, width, 2 * units, rows, gateWidth, 1, width, keptWidth, 1)
        k.gemm(
          kernel.gradient.subarray(2 * units),
          data,
          gradient,
          width,
          units,
          rows,
          gateWidth,
          1,
          width,
          keptWidth,
          1,
        )
        biasGradient.fill(0)
        k.addColumnSums(biasGradient, gradient, rows, keptWidth)
        k.add(bias.gradient, biasGradient.subarray(units), 2 * units)
        k.add(bias.gradient.subarray(2 * units), biasGradient, units)
        k.add(recurrentBias.gradient, biasGradient.subarray(units), gateWidth)
        if (!needsInputGradient) return
        const kernelTn = kernelT.subarray(2 * units * width)
        k.gemm(inputGradient, resetUpdate, kernelT, rows, width, 2 * units, width, keptWidth, 1, width, 0)
        k.gemm(inputGradient, gradient, kernelTn, rows, width, units, width, keptWidth, 1, width, 1)
      }

      return {
        output,
        outputRows: (returnSequences ? steps : 1) * maxBatch,
        forward(signal, batch) {
          input = signal
          const { rows, stepRows, batchRows } = signal
          k.affine(projected, signal.data, kernel.value, bias.value, rows, gateWidth, width, width, 1)
          const hStep = training || returnSequences ? batch * units : 0
          k.gruForward(
            h,
            gates,
            projected,
            recurrent.value,
            recurrentBias.value,
            steps,
            batch,
            units,
            stepRows,
            batchRows,
            hStep,
            training ? batch * keptWidth : 0,
          )
          output.data = returnSequences ? h : h.subarray((steps - 1) * hStep)
          output.rows = (returnSequences ? steps : 1) * batch
          output.stepRows = returnSequences ? batch : 0
        },
        refresh() {
          k.transpose(recurrentT, recurrent.value, units, gateWidth)
          if (needsInputGradient) k.transpose(kernelT, kernel.value, width, gateWidth)
        },
        backward(outputGradient, batch) {
          k.gruBackward(
            gates,
            outputGradient,
            h,
            recurrentT,
            carried,
            steps,
            batch,
            units,
            returnSequences ? 0 : 1,
          )
          // `gates` now holds gradients [steps, batch, 4H]: the columns of U begin at r.
          k.gemm(
            recurrent.gradient,
            h,
            gates.subarray(batch * keptWidth + units),
            units,
            gateWidth,
            (steps - 1) * batch,
            gateWidth,
            1,
            units,
            keptWidth,
            1,
          )
          inputPart(rowGradient(k, gates, gates, input, steps, batch, keptWidth))
          return needsInputGradient ? inputGradient : undefined
        },
      }
    },
  }
}
