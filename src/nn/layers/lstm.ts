import { z } from 'zod'
import { glorotUniform, orthogonal } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient } from '../signal.js'
import { chain } from './chain.js'
import { drawMask, dropout, dropRate } from './dropout.js'
import { type Layer, layerSize } from './layer.js'
import { maskedLstmBackward, maskedLstmForward } from './masked-lstm.js'

/** `lstm` as data. */
export const lstmSpec = z.strictObject({
  type: z.literal('lstm'),
  units: layerSize,
  returnSequences: z.boolean().optional(),
  /** Share of the input columns that training drops, the same at every step of a window. */
  dropout: dropRate.optional(),
  /** Share of the state that training keeps from the gates of the next step, the same at every step of a window. */
  recurrentDropout: dropRate.optional(),
})
type LstmSpec = z.output<typeof lstmSpec>

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with forget gate) from a zero state.
 * Gates i, f, g, o as in Keras and PyTorch; sigmoid gates, tanh cell; forget bias starts at 1.
 * Parameters: kernel W `[I, 4H]`, recurrent U `[H, 4H]`, bias b `[4H]`.
 *
 * @param inShape `[steps, I]`
 * @param spec `units` H; `returnSequences` gives every step (`[steps, H]`), else only the last state (`[1, H]`); `dropout` and
 * `recurrentDropout` act in training only, as in Keras [Gal & Ghahramani 2016]
 */
export function lstm(inShape: Shape, spec: LstmSpec): Layer {
  const cell = recurrence(inShape, spec)
  const { dropout: rate = 0 } = spec
  return rate === 0
    ? cell
    : chain([dropout(inShape, { type: 'dropout', rate, perWindow: true }), cell], 'lstm')
}

function recurrence(inShape: Shape, spec: LstmSpec): Layer {
  const { steps, width } = inShape
  const { units, returnSequences = false, recurrentDropout = 0 } = spec
  const gateWidth = 4 * units
  return {
    kind: 'lstm',
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
      {
        name: 'bias',
        shape: [gateWidth],
        initialise: () => new Float32Array(gateWidth).fill(1, units, 2 * units),
      },
    ],
    build(k, [kernel, recurrent, bias], size) {
      const { batch: maxBatch, inputRows, training, needsInputGradient, stream } = size
      const keptSteps = training ? steps : 1
      const projected = k.alloc(inputRows * gateWidth)
      const h = k.alloc((training || returnSequences ? steps : 1) * maxBatch * units)
      const c = k.alloc(keptSteps * maxBatch * units)
      const tanhC = k.alloc(keptSteps * maxBatch * units)
      const gates = k.alloc(keptSteps * maxBatch * gateWidth)
      // Only training needs what follows.
      const recurrentT = k.alloc(training ? gateWidth * units : 0)
      const kernelT = k.alloc(training && needsInputGradient ? gateWidth * width : 0)
      const scratch = k.alloc(training ? 2 * maxBatch * units : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const drops = training && recurrentDropout > 0
      const mask = k.alloc(drops ? maxBatch * units : 0)
      const masked = k.alloc(drops ? steps * maxBatch * units : 0)
      const output: Signal = { data: h, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      let isMasked = false
      return {
        output,
        outputRows: (returnSequences ? steps : 1) * maxBatch,
        forward(signal, batch, pass) {
          input = signal
          const { rows, stepRows, batchRows } = signal
          k.affine(projected, signal.data, kernel.value, bias.value, rows, gateWidth, width, width, 1)
          const hStep = training || returnSequences ? batch * units : 0
          const cStep = training ? batch * units : 0
          const gStep = training ? batch * gateWidth : 0
          isMasked = pass !== undefined && drops
          if (pass !== undefined && drops) {
            drawMask(mask, recurrentDropout, pass, stream, batch, units)
            const { value: u } = recurrent
            const states = [masked, mask, h, c, tanhC] as const
            maskedLstmForward(k, ...states, gates, projected, u, steps, batch, units, stepRows)
          } else {
            k.lstmForward(
              h,
              c,
              tanhC,
              gates,
              projected,
              recurrent.value,
              steps,
              batch,
              units,
              stepRows,
              batchRows,
              hStep,
              cStep,
              gStep,
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
          const states = [c, tanhC, recurrentT, scratch] as const
          if (isMasked)
            maskedLstmBackward(k, mask, gates, outputGradient, ...states, steps, batch, units, lastOnly)
          else k.lstmBackward(gates, outputGradient, ...states, steps, batch, units, lastOnly)
          // `gates` now holds the gradient of the pre-activations [steps, batch, 4H].
          const later = gates.subarray(batch * gateWidth)
          k.gemm(
            recurrent.gradient,
            isMasked ? masked : h,
            later,
            units,
            gateWidth,
            (steps - 1) * batch,
            gateWidth,
            1,
            units,
            gateWidth,
            1,
          )
          const gradient = rowGradient(k, gates, gates, input, steps, batch, gateWidth)
          k.gemm(
            kernel.gradient,
            input.data,
            gradient,
            width,
            gateWidth,
            input.rows,
            gateWidth,
            1,
            width,
            gateWidth,
            1,
          )
          k.addColumnSums(bias.gradient, gradient, input.rows, gateWidth)
          if (!needsInputGradient) return undefined
          k.gemm(
            inputGradient,
            gradient,
            kernelT,
            input.rows,
            width,
            gateWidth,
            width,
            gateWidth,
            1,
            width,
            0,
          )
          return inputGradient
        },
      }
    },
  }
}
