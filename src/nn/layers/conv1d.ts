import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { glorotUniform } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { copyTimeMajor, rowGradient } from '../signal.js'
import { activationName, withActivation } from './activation.js'
import { type Layer, layerSize, type ParamSpec } from './layer.js'

/** `conv1d` as data. */
export const conv1dSpec = z.strictObject({
  type: z.literal('conv1d'),
  filters: layerSize,
  kernelSize: layerSize,
  stride: layerSize.optional(),
  dilation: layerSize.optional(),
  padding: z.enum(['valid', 'same', 'causal']).optional(),
  bias: z.boolean().optional(),
  activation: activationName.optional(),
})
type Conv1dSpec = z.output<typeof conv1dSpec>

/**
 * Convolution over time: y[t] = b + sum over k of x[t * stride + k * dilation - left] W[k], then an `activation` if one is given.
 * Padding with zeros as in Keras: `valid` (default) none, `same` on both sides (an odd one more on the right), `causal` on the left only,
 * so that step t sees nothing after it. Parameters: kernel W `[kernelSize, I, filters]` and, unless `bias` is false, b `[filters]`, starting
 * at 0.
 *
 * @param inShape `[steps, I]`
 * @param spec `stride` and `dilation` default to 1; with padding ceil(steps / stride) steps of `filters` come out, without
 * floor((steps - span) / stride) + 1, where span = (kernelSize - 1) * dilation + 1
 * @throws OptionError `architecture-invalid` when nothing is padded and the span is more than the steps
 */
export function conv1d(inShape: Shape, spec: Conv1dSpec, where: string): Layer {
  return withActivation(convolution(inShape, spec, where), spec.activation)
}

/** One product of a tap: rows of the input (`inRow`, then every `rowStride`-th) that give rows of the output. */
interface Product {
  readonly inRow: number
  readonly rowStride: number
  readonly outRow: number
  readonly rows: number
}

function convolution(inShape: Shape, spec: Conv1dSpec, where: string): Layer {
  const { steps, width } = inShape
  const { filters, kernelSize, stride = 1, dilation = 1, padding = 'valid', bias: hasBias = true } = spec
  const reach = (kernelSize - 1) * dilation
  const [left, right] = paddingOf(padding, steps, stride, reach)
  const paddedSteps = left + steps + right
  if (reach >= paddedSteps) {
    const span = `a kernel of ${kernelSize} with dilation ${dilation} spans ${reach + 1} steps`
    throw createError('architecture-invalid', { where, reason: `${span}, but only ${steps} steps come in` })
  }
  const outSteps = Math.floor((paddedSteps - reach - 1) / stride) + 1
  const pads = left + right > 0
  const tap = width * filters
  const kernelParam: ParamSpec = {
    name: 'kernel',
    shape: [kernelSize, width, filters],
    initialise: random => glorotUniform(random, kernelSize * width, kernelSize * filters, kernelSize * tap),
  }
  const biasParam: ParamSpec = {
    name: 'bias',
    shape: [filters],
    initialise: () => new Float32Array(filters),
  }

  return {
    kind: 'conv1d',
    outShape: { steps: outSteps, width: filters },
    params: hasBias ? [kernelParam, biasParam] : [kernelParam],
    build(k, [kernel, bias], { batch: maxBatch, inputRows, training, needsInputGradient }) {
      const backwards = training && needsInputGradient
      const outputRows = pads ? outSteps * maxBatch : Math.min(inputRows, outSteps * maxBatch)
      const data = k.alloc(outputRows * filters)
      const padded = k.alloc(pads ? paddedSteps * maxBatch * width : 0)
      const kernelT = k.alloc(backwards ? kernelSize * tap : 0)
      const inputGradient = k.alloc(backwards ? (pads ? paddedSteps * maxBatch : inputRows) * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let signalIn: Signal = output
      let input: Signal = output
      let products: Product[] = []

      const pad = (signal: Signal, batch: number): Signal => {
        const size = batch * width
        padded.fill(0, 0, left * size)
        copyTimeMajor(padded.subarray(left * size), signal, steps, batch, width)
        padded.fill(0, (left + steps) * size, paddedSteps * size)
        return { data: padded, rows: paddedSteps * batch, stepRows: batch, batchRows: 1 }
      }

      /** Which products there are, and where the output lies. */
      const plan = ({ rows, stepRows, batchRows }: Signal, batch: number): Product[] => {
        // A tap is a shift by a whole number of rows: of every distinct row, also of overlapping windows, it is one product.
        const everyRow = rows - reach * stepRows
        if (everyRow <= outSteps * batch) {
          output.rows = everyRow
          output.stepRows = stride * stepRows
          output.batchRows = batchRows
          return [{ inRow: 0, rowStride: 1, outRow: 0, rows: everyRow }]
        }
        output.rows = outSteps * batch
        output.stepRows = batch
        output.batchRows = 1
        return Array.from({ length: outSteps }, (_, t) => {
          return { inRow: t * stride * stepRows, rowStride: batchRows, outRow: t * batch, rows: batch }
        })
      }

      /** Where tap `i` of a product begins in the input. */
      const begin = ({ inRow }: Product, i: number) => (inRow + i * dilation * input.stepRows) * width

      return {
        output,
        outputRows,
        forward(signal, batch) {
          signalIn = signal
          input = pads ? pad(signal, batch) : signal
          products = plan(input, batch)
          for (const product of products) {
            const { rows, rowStride, outRow } = product
            const y = data.subarray(outRow * filters)
            for (let i = 0; i < kernelSize; i++) {
              const x = input.data.subarray(begin(product, i))
              const w = kernel.value.subarray(i * tap)
              const row = rowStride * width
              if (i === 0 && hasBias) k.affine(y, x, w, bias.value, rows, filters, width, row, 1)
              else k.gemm(y, x, w, rows, filters, width, filters, row, 1, filters, i === 0 ? 0 : 1)
            }
          }
        },
        refresh() {
          if (!needsInputGradient) return
          for (let i = 0; i < kernelSize; i++) {
            k.transpose(kernelT.subarray(i * tap), kernel.value.subarray(i * tap), width, filters)
          }
        },
        backward(outputGradient, batch) {
          if (hasBias) k.addColumnSums(bias.gradient, outputGradient, output.rows, filters)
          inputGradient.fill(0)
          for (const product of products) {
            const { rows, rowStride, outRow } = product
            const dy = outputGradient.subarray(outRow * filters)
            const row = rowStride * width
            for (let i = 0; i < kernelSize; i++) {
              const x = input.data.subarray(begin(product, i))
              k.gemm(
                kernel.gradient.subarray(i * tap),
                x,
                dy,
                width,
                filters,
                rows,
                filters,
                1,
                row,
                filters,
                1,
              )
              if (!needsInputGradient) continue
              const dx = inputGradient.subarray(begin(product, i))
              k.gemm(dx, dy, kernelT.subarray(i * tap), rows, width, filters, row, filters, 1, width, 1)
            }
          }
          if (!needsInputGradient) return undefined
          if (!pads) return inputGradient
          const inner = inputGradient.subarray(left * batch * width)
          return rowGradient(k, inner, inner, signalIn, steps, batch, width)
        },
      }
    },
  }
}

/** Steps of zeros on the left and on the right. */
function paddingOf(
  padding: Conv1dSpec['padding'],
  steps: number,
  stride: number,
  reach: number,
): [number, number] {
  if (padding === 'causal') return [reach, 0]
  if (padding !== 'same') return [0, 0]
  const total = Math.max(0, (Math.ceil(steps / stride) - 1) * stride + reach + 1 - steps)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}
