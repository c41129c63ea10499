import { z } from 'zod'
import { glorotUniform } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient, timeMajor } from '../signal.js'
import { activationName, withActivation } from './activation.js'
import { type Layer, layerSize } from './layer.js'

/** `conv1d-transposed` as data. */
export const conv1dTransposedSpec = z.strictObject({
  type: z.literal('conv1d-transposed'),
  filters: layerSize,
  kernelSize: layerSize,
  stride: layerSize.optional(),
  padding: z.enum(['valid', 'same']).optional(),
  activation: activationName.optional(),
})
type Conv1dTransposedSpec = z.output<typeof conv1dTransposedSpec>

/**
 * Transposed convolution over time, which spreads each step over `kernelSize` steps, `stride` apart: y[t * stride + k] = b + sum of x[t] W[k], then
 * an `activation` if one is given. `valid` (default) keeps all (steps - 1) * stride + kernelSize steps, as in PyTorch; `same` keeps steps * stride
 * of them, as in Keras: of the surplus half is cut on the left (an odd one more on the right). With a `kernelSize` that is a multiple of the
 * stride each step gets the same number of products.
 * Parameters: kernel W `[kernelSize, I, filters]`, bias b `[filters]`, starting at 0.
 *
 * @param inShape `[steps, I]`
 */
export function conv1dTransposed(inShape: Shape, spec: Conv1dTransposedSpec): Layer {
  return withActivation(spread(inShape, spec), spec.activation)
}

function spread(inShape: Shape, spec: Conv1dTransposedSpec): Layer {
  const { steps, width } = inShape
  const { filters, kernelSize, stride = 1, padding = 'valid' } = spec
  const reached = (steps - 1) * stride + kernelSize
  const same = padding === 'same'
  const outSteps = same ? steps * stride : reached
  const left = same ? Math.max(0, Math.floor((kernelSize - stride) / 2)) : 0
  const fullSteps = Math.max(reached, left + outSteps)
  const tap = width * filters
  // With stride 1 a tap is one product for all steps, else one for each.
  const products = stride === 1 ? 1 : steps

  return {
    kind: 'conv1d-transposed',
    outShape: { steps: outSteps, width: filters },
    params: [
      {
        name: 'kernel',
        shape: [kernelSize, width, filters],
        initialise: random =>
          glorotUniform(random, kernelSize * width, kernelSize * filters, kernelSize * tap),
      },
      { name: 'bias', shape: [filters], initialise: () => new Float32Array(filters) },
    ],
    build(k, [kernel, bias], { batch: maxBatch, training, needsInputGradient }) {
      const backwards = training && needsInputGradient
      const full = k.alloc(fullSteps * maxBatch * filters)
      const room = k.alloc(steps * maxBatch * width)
      const fullGradient = k.alloc(training ? fullSteps * maxBatch * filters : 0)
      const kernelT = k.alloc(backwards ? kernelSize * tap : 0)
      const inputGradient = k.alloc(backwards ? steps * maxBatch * width : 0)
      const output: Signal = { data: full, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      let x = room
      return {
        output,
        outputRows: outSteps * maxBatch,
        forward(signal, batch) {
          input = signal
          x = timeMajor(room, signal, steps, batch, width)
          for (let at = 0; at < fullSteps * batch * filters; at += filters) full.set(bias.value, at)
          const rows = (steps / products) * batch
          for (let t = 0; t < products; t++) {
            const from = x.subarray(t * batch * width)
            for (let i = 0; i < kernelSize; i++) {
              const to = full.subarray((t * stride + i) * batch * filters)
              k.gemm(
                to,
                from,
                kernel.value.subarray(i * tap),
                rows,
                filters,
                width,
                filters,
                width,
                1,
                filters,
                1,
              )
            }
          }
          output.data = full.subarray(left * batch * filters)
          output.rows = outSteps * batch
          output.stepRows = batch
        },
        refresh() {
          if (!needsInputGradient) return
          for (let i = 0; i < kernelSize; i++) {
            k.transpose(kernelT.subarray(i * tap), kernel.value.subarray(i * tap), width, filters)
          }
        },
        backward(outputGradient, batch) {
          k.addColumnSums(bias.gradient, outputGradient, outSteps * batch, filters)
          const size = batch * filters
          fullGradient.fill(0)
          fullGradient.set(outputGradient.subarray(0, outSteps * size), left * size)
          const rows = (steps / products) * batch
          for (let t = 0; t < products; t++) {
            const from = x.subarray(t * batch * width)
            const dx = inputGradient.subarray(t * batch * width)
            for (let i = 0; i < kernelSize; i++) {
              const dy = fullGradient.subarray((t * stride + i) * size)
              const dw = kernel.gradient.subarray(i * tap)
              k.gemm(dw, from, dy, width, filters, rows, filters, 1, width, filters, 1)
              if (!needsInputGradient) continue
              const wT = kernelT.subarray(i * tap)
              k.gemm(dx, dy, wT, rows, width, filters, width, filters, 1, width, i === 0 ? 0 : 1)
            }
          }
          if (!needsInputGradient) return undefined
          return rowGradient(k, inputGradient, inputGradient, input, steps, batch, width)
        },
      }
    },
  }
}
