import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { glorotUniform, orthogonal } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient } from '../signal.js'
import { chain } from './chain.js'
import { drawMask, dropout, dropRate } from './dropout.js'
import { gruResetBefore } from './gru-reset-before.js'
import { type Layer, layerSize } from './layer.js'
import { maskedGruBackward, maskedGruForward } from './masked-gru.js'

/** `gru` as data. */
export const gruSpec = z.strictObject({
  type: z.literal('gru'),
  units: layerSize,
  returnSequences: z.boolean().optional(),
  /** Whether the reset gate acts after the recurrent product (default) or before it. */
  resetAfter: z.boolean().optional(),
  /** Share of the input columns that training drops, the same at every step of a window. */
  dropout: dropRate.optional(),
  /** Share of the state that training keeps from the gates of the next step, the same at every step of a window. */
  recurrentDropout: dropRate.optional(),
})
type GruSpec = z.output<typeof gruSpec>

/**
 * Gated recurrent unit (Cho et al. 2014) from a zero state: h_t = (1 - z) n + z h_{t-1}, with sigmoid r and z, tanh n.
 * Reset after the product: n = tanh(x W_n + b_n + r (h U_n + c_n)), the default of Keras, and PyTorch, cuDNN and ONNX with
 * `linear_before_reset` 1. With `resetAfter: false` it is `gruResetBefore`, which has other weights.
 * Gates r, z, n as in PyTorch; Keras has the same columns as z, r, h.
 * Parameters: kernel W `[I, 3H]`, recurrent U `[H, 3H]`, bias b `[3H]` of the input and recurrentBias c `[3H]`, both starting at 0.
 *
 * @param inShape `[steps, I]`
 * @param spec `units` H; `returnSequences` gives every step (`[steps, H]`), else only the last state (`[1, H]`); `dropout` and
 * `recurrentDropout` act in training only [Gal & Ghahramani 2016]: the gates see the state with the mask, (1 - z) n + z h_{t-1} without
 * @throws OptionError `architecture-invalid` when `recurrentDropout` is given and the reset acts before the product
 */
export function gru(inShape: Shape, spec: GruSpec, where: string): Layer {
  const { units, returnSequences = false, resetAfter = true, dropout: rate = 0, recurrentDropout = 0 } = spec
  if (!resetAfter && recurrentDropout > 0) {
    const reason = 'recurrentDropout is not available with the reset before the product'
    throw createError('architecture-invalid', { where, reason })
  }
  const cell = resetAfter ? recurrence(inShape, spec) : gruResetBefore(inShape, units, returnSequences)
  return rate === 0
    ? cell
    : chain([dropout(inShape, { type: 'dropout', rate, perWindow: true }), cell], 'gru')
}

function recurrence(inShape: Shape, spec: GruSpec): Layer {
  const { steps, width } = inShape
  const { units, returnSequences = false, recurrentDropout = 0 } = spec
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
    build(k, params, { batch: maxBatch, inputRows, training, needsInputGradient, stream }) {
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
      const drops = training && recurrentDropout > 0
      const mask = k.alloc(drops ? maxBatch * units : 0)
      const masked = k.alloc(drops ? steps * maxBatch * units : 0)
      const room = k.alloc(drops ? 6 * maxBatch * units : 0)
      const output: Signal = { data: h, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      let isMasked = false

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
        forward(signal, batch, pass) {
          input = signal
          const { rows, stepRows, batchRows } = signal
          k.affine(projected, signal.data, kernel.value, bias.value, rows, gateWidth, width, width, 1)
          const hStep = training || returnSequences ? batch * units : 0
          isMasked = pass !== undefined && drops
          if (pass !== undefined && drops) {
            drawMask(mask, recurrentDropout, pass, stream, batch, units)
            const values = [projected, recurrent.value, recurrentBias.value] as const
            maskedGruForward(k, masked, mask, room, h, gates, ...values, steps, batch, units, stepRows)
          } else {
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
          }
          output.data = returnSequences ? h : h.subarray((steps - 1) * hStep)
          output.rows = (returnSequences ? steps : 1) * batch
          output.stepRows = returnSequences ? batch : 0
        },
        refresh() {
          k.transpose(recurrentT, recurrent.value, units, gateWidth)
          if (needsInputGradient) k.transpose(kernelT, kernel.value, width, gateWidth)
        },
        backward(outputGradient, batch) {
          const lastOnly = returnSequences ? 0 : 1
          const sizes = [steps, batch, units, lastOnly] as const
          if (isMasked) maskedGruBackward(k, mask, room, gates, outputGradient, h, recurrentT, ...sizes)
          else k.gruBackward(gates, outputGradient, h, recurrentT, carried, ...sizes)
          // `gates` now holds gradients [steps, batch, 4H]: the columns of U begin at r.
          k.gemm(
            recurrent.gradient,
            isMasked ? masked : h,
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
