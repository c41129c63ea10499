import { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient, timeMajor } from '../signal.js'
import { type Layer, layerSize } from './layer.js'

/** `pool` as data. */
export const poolSpec = z.strictObject({
  type: z.literal('pool'),
  size: layerSize,
  method: z.enum(['max', 'average']).optional(),
})

/**
 * The maximum (default) or the average of every `size` steps, per column; steps left over at the end are not seen. Of equal maxima the first
 * one has the gradient. A NaN among the steps gives NaN. No parameters.
 *
 * @param inShape `[steps, width]`; `[floor(steps / size), width]` comes out
 * @throws OptionError `architecture-invalid` when `size` is more than the steps
 */
export function pool(inShape: Shape, spec: z.output<typeof poolSpec>, where: string): Layer {
  const { steps, width } = inShape
  const { size, method = 'max' } = spec
  const groups = Math.floor(steps / size)
  if (groups === 0) {
    const reason = `size is ${size}, but only ${steps} steps come in: none would be left`
    throw createError('architecture-invalid', { where, reason })
  }
  return {
    kind: 'pool',
    outShape: { steps: groups, width },
    params: [],
    build(k, _params, { batch: maxBatch, training, needsInputGradient }) {
      const data = k.alloc(groups * maxBatch * width)
      const room = k.alloc(steps * maxBatch * width)
      const inputGradient = k.alloc(training && needsInputGradient ? steps * maxBatch * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      let x = data

      const average = (n: number) => {
        for (let group = 0; group < groups; group++) {
          k.sumSteps(data.subarray(group * n), x.subarray(group * size * n), size, n)
        }
        k.scale(data, 1 / size, groups * n)
      }
      const averageBackward = (outputGradient: Float32Array, n: number) => {
        for (let t = 0; t < groups * size; t++) {
          const from = Math.floor(t / size) * n
          inputGradient.set(outputGradient.subarray(from, from + n), t * n)
        }
        k.scale(inputGradient, 1 / size, groups * size * n)
      }
      const maximum = (n: number) => {
        for (let t = 0, from = 0; t < groups * size; t++) {
          let at = Math.floor(t / size) * n
          const first = t % size === 0
          for (let i = 0; i < n; i++, at++, from++) data[at] = first ? x[from] : Math.max(data[at], x[from])
        }
      }
      const maximumBackward = (outputGradient: Float32Array, n: number) => {
        inputGradient.fill(0)
        for (let group = 0, at = 0; group < groups; group++) {
          for (let i = 0; i < n; i++, at++) {
            let from = group * size * n + i
            const end = from + size * n
            while (from < end && x[from] !== data[at]) from += n
            if (from < end) inputGradient[from] = outputGradient[at]
          }
        }
      }

      return {
        output,
        outputRows: groups * maxBatch,
        forward(signal, batch) {
          input = signal
          x = timeMajor(room, signal, steps, batch, width)
          if (method === 'max') maximum(batch * width)
          else average(batch * width)
          output.rows = groups * batch
          output.stepRows = batch
        },
        backward(outputGradient, batch) {
          if (!needsInputGradient) return undefined
          const n = batch * width
          if (method === 'max') maximumBackward(outputGradient, n)
          else averageBackward(outputGradient, n)
          inputGradient.fill(0, groups * size * n, steps * n)
          return rowGradient(k, inputGradient, inputGradient, input, steps, batch, width)
        },
      }
    },
  }
}
