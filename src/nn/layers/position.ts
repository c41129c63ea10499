import { z } from 'zod'
import type { Shape, Signal } from '../shape.js'
import { copyTimeMajor, rowGradient } from '../signal.js'
import type { Layer } from './layer.js'

/** `position` as data. */
export const positionSpec = z.strictObject({ type: z.literal('position') })

/** Wavelengths go from 2 pi to this times 2 pi. */
const LONGEST = 10_000

/**
 * Adds to each step where it lies in the window, as waves (Vaswani et al. 2017, section 3.5): sin(t / 10000^(i / width)) to the even columns i,
 * cos(t / 10000^((i - 1) / width)) to the odd ones. With it a layer that treats all steps alike, such as attention, can distinguish them. No
 * parameters.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 */
export function position(inShape: Shape): Layer {
  const { steps, width } = inShape
  return {
    kind: 'position',
    outShape: inShape,
    params: [],
    build(k, _params, { batch: maxBatch, training, needsInputGradient }) {
      const waves = k.alloc(steps * width)
      fillWaves(waves, width)
      const data = k.alloc(steps * maxBatch * width)
      const room = k.alloc(training && needsInputGradient ? maxBatch * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output
      return {
        output,
        outputRows: steps * maxBatch,
        forward(signal, batch) {
          input = signal
          copyTimeMajor(data, signal, steps, batch, width)
          for (let t = 0, at = 0; t < steps; t++) {
            for (let b = 0; b < batch; b++) {
              for (let i = 0; i < width; i++) data[at++] += waves[t * width + i]
            }
          }
          output.rows = steps * batch
          output.stepRows = batch
        },
        backward(outputGradient, batch) {
          if (!needsInputGradient) return undefined
          return rowGradient(k, room, outputGradient, input, steps, batch, width)
        },
      }
    },
  }
}

/** What `position` adds, to `[steps, width]`. */
function fillWaves(out: Float32Array, width: number): void {
  for (let at = 0; at < out.length; at++) {
    const i = at % width
    const angle = Math.floor(at / width) / LONGEST ** ((i - (i % 2)) / width)
    out[at] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  }
}
