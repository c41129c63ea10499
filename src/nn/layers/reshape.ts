import { z } from 'zod'
import { createError } from '../../core/errors.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient, timeMajor } from '../signal.js'
import { type Layer, layerSize } from './layer.js'

/** `reshape` as data. */
export const reshapeSpec = z.strictObject({ type: z.literal('reshape'), steps: layerSize, width: layerSize })
/** `flatten` as data. */
export const flattenSpec = z.strictObject({ type: z.literal('flatten') })

/**
 * The numbers of a window, step after step, as one step: `[steps, width]` -> `[1, steps * width]`. No parameters.
 */
export function flatten(inShape: Shape): Layer {
  return regroup('flatten', inShape, { steps: 1, width: inShape.steps * inShape.width })
}

/**
 * The numbers of a window, step after step, cut into `steps` of `width`. No parameters.
 *
 * @throws OptionError `architecture-invalid` when the number of numbers would change
 */
export function reshape(inShape: Shape, spec: z.output<typeof reshapeSpec>, where: string): Layer {
  const { steps, width } = spec
  const got = inShape.steps * inShape.width
  if (steps * width !== got) {
    const came = `${inShape.steps} steps of ${inShape.width}, which is ${got} numbers, come in`
    const reason = `${steps} steps of ${width} are ${steps * width} numbers, but ${came}`
    throw createError('architecture-invalid', { where, reason })
  }
  return regroup('reshape', inShape, { steps, width })
}

function regroup(kind: string, inShape: Shape, outShape: Shape): Layer {
  const { steps, width } = inShape
  return {
    kind,
    outShape,
    params: [],
    build(k, _params, { batch: maxBatch, training, needsInputGradient }) {
      const size = steps * width
      const data = k.alloc(size * maxBatch)
      const room = k.alloc(size * maxBatch)
      const inputGradient = k.alloc(training && needsInputGradient ? size * maxBatch : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      return {
        output,
        outputRows: outShape.steps * maxBatch,
        forward(signal, batch) {
          input = signal
          move(data, outShape, timeMajor(room, signal, steps, batch, width), inShape, batch)
          output.rows = outShape.steps * batch
          output.stepRows = batch
        },
        backward(outputGradient, batch) {
          if (!needsInputGradient) return undefined
          move(inputGradient, inShape, outputGradient, outShape, batch)
          return rowGradient(k, inputGradient, inputGradient, input, steps, batch, width)
        },
      }
    },
  }
}

/** Time-major numbers of one shape -> the same numbers, time-major, of another. */
function move(out: Float32Array, outShape: Shape, from: Float32Array, shape: Shape, batch: number): void {
  for (let b = 0; b < batch; b++) {
    let at = b * outShape.width
    let column = 0
    for (let t = 0; t < shape.steps; t++) {
      let source = (t * batch + b) * shape.width
      for (let i = 0; i < shape.width; i++) {
        out[at + column] = from[source++]
        if (++column === outShape.width) {
          column = 0
          at += batch * outShape.width
        }
      }
    }
  }
}
