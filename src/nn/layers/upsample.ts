import { z } from 'zod'
import type { Shape, Signal } from '../shape.js'
import { rowGradient, timeMajor } from '../signal.js'
import { type Layer, layerSize } from './layer.js'

/** `upsample` as data. */
export const upsampleSpec = z.strictObject({ type: z.literal('upsample'), factor: layerSize })

/**
 * Each step `factor` times, one after another (nearest neighbour): undoes the length of a `pool` of that size. No parameters.
 *
 * @param inShape `[steps, width]`; `[steps * factor, width]` comes out
 */
export function upsample(inShape: Shape, { factor }: z.output<typeof upsampleSpec>): Layer {
  const { steps, width } = inShape
  return {
    kind: 'upsample',
    outShape: { steps: steps * factor, width },
    params: [],
    build(k, _params, { batch: maxBatch, training, needsInputGradient }) {
      const data = k.alloc(steps * factor * maxBatch * width)
      const room = k.alloc(steps * maxBatch * width)
      const inputGradient = k.alloc(training && needsInputGradient ? steps * maxBatch * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      return {
        output,
        outputRows: steps * factor * maxBatch,
        forward(signal, batch) {
          input = signal
          const size = batch * width
          const x = timeMajor(room, signal, steps, batch, width)
          for (let t = 0; t < steps * factor; t++) {
            const from = Math.floor(t / factor) * size
            data.set(x.subarray(from, from + size), t * size)
          }
          output.rows = steps * factor * batch
          output.stepRows = batch
        },
        backward(outputGradient, batch) {
          if (!needsInputGradient) return undefined
          const size = batch * width
          for (let t = 0; t < steps; t++) {
            k.sumSteps(
              inputGradient.subarray(t * size),
              outputGradient.subarray(t * factor * size),
              factor,
              size,
            )
          }
          return rowGradient(k, inputGradient, inputGradient, input, steps, batch, width)
        },
      }
    },
  }
}
