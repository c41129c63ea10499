import { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Shape, Signal } from '../shape.js'
import { type Layer, layerSize } from './layer.js'

/** `repeat` as data. */
export const repeatSpec = z.strictObject({ type: z.literal('repeat'), times: layerSize })

/**
 * One vector at each of `times` steps. Nothing is copied: the output names the same row for every step, and the layer after it
 * sums its gradient over time.
 *
 * @param inShape `[1, width]`
 * @throws OptionError `architecture-invalid` when more than one step comes in
 */
export function repeat(inShape: Shape, { times }: z.output<typeof repeatSpec>, where: string): Layer {
  if (inShape.steps !== 1) {
    const reason = `a single step is repeated, but ${inShape.steps} steps come in`
    throw createError('architecture-invalid', { where, reason })
  }
  return {
    kind: 'repeat',
    outShape: { steps: times, width: inShape.width },
    params: [],
    build(_kernels, _params, { inputRows }) {
      const output: Signal = { data: new Float32Array(0), rows: 0, stepRows: 0, batchRows: 1 }
      return {
        output,
        outputRows: inputRows,
        forward(signal) {
          output.data = signal.data
          output.rows = signal.rows
          output.batchRows = signal.batchRows
        },
        backward: outputGradient => outputGradient,
      }
    },
  }
}
