import { z } from 'zod'
import type { Shape, Signal } from '../shape.js'
import { prefixed } from './chain.js'
import { gruSpec } from './gru.js'
import type { Layer, Param, Pass } from './layer.js'
import { lstmSpec } from './lstm.js'

/** `bidirectional` as data. */
export const bidirectionalSpec = z.strictObject({
  type: z.literal('bidirectional'),
  layer: z.discriminatedUnion('type', [lstmSpec, gruSpec]),
})

/**
 * Two recurrent layers of one description, one of which reads the window backwards (Schuster & Paliwal 1997): each step has the state of the
 * first there beside that of the second there; without `returnSequences` the last state of each, which has seen the whole window.
 * Parameters: those of the layer as `forward.kernel` and so on, then again as `backward.kernel` and so on.
 *
 * @param inShape `[steps, I]`
 * @param layer what runs in both directions; `[steps, 2 H]` or `[1, 2 H]` comes out
 */
export function bidirectional(inShape: Shape, layer: Layer): Layer {
  const { width } = inShape
  const { steps: outSteps, width: units } = layer.outShape
  const own = layer.params.length
  return {
    kind: 'bidirectional',
    outShape: { steps: outSteps, width: 2 * units },
    params: [...prefixed(layer.params, 'forward'), ...prefixed(layer.params, 'backward')],
    build(k, params: readonly Param[], size) {
      const { batch: maxBatch, inputRows, training, needsInputGradient } = size
      const ahead = layer.build(k, params.slice(0, own), { ...size, stream: 31 * size.stream })
      const back = layer.build(k, params.slice(own), { ...size, stream: 31 * size.stream + 1 })
      const outRows = outSteps * maxBatch
      const reversed: Signal = { data: k.alloc(inputRows * width), rows: 0, stepRows: 0, batchRows: 1 }
      const data = k.alloc(outRows * 2 * units)
      const aheadGradient = k.alloc(training ? outRows * units : 0)
      const backGradient = k.alloc(training ? outRows * units : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const reversedWindows = new Int32Array(training ? maxBatch : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      let rows = 0

      /** Reversed rows are the windows backwards, the last window first: see `forward`. */
      const reversedPass = (pass: Pass | undefined, batch: number): Pass | undefined => {
        if (pass === undefined) return undefined
        for (let b = 0; b < batch; b++) reversedWindows[b] = pass.windows[batch - 1 - b]
        return { ...pass, windows: reversedWindows.subarray(0, batch) }
      }

      return {
        output,
        outputRows: outRows,
        penalty: () => (ahead.penalty?.() ?? 0) + (back.penalty?.() ?? 0),
        forward(signal, batch, pass) {
          rows = signal.rows
          ahead.forward(signal, batch, pass)
          // Row t * stepRows + b * batchRows counted from the end is step T-1-t of window B-1-b: however windows share rows, they still do.
          const used = (inShape.steps - 1) * signal.stepRows + (batch - 1) * signal.batchRows + 1
          reverseRows(reversed.data, signal.data, used, width)
          reversed.rows = used
          reversed.stepRows = signal.stepRows
          reversed.batchRows = signal.batchRows
          back.forward(reversed, batch, reversedPass(pass, batch))
          const n = outSteps * batch
          const [first, second] = [ahead.output.data, back.output.data]
          for (let row = 0, at = 0; row < n; row++) {
            for (let i = 0; i < units; i++) data[at++] = first[row * units + i]
            for (let i = 0; i < units; i++) data[at++] = second[(n - 1 - row) * units + i]
          }
          output.rows = n
          output.stepRows = outSteps === 1 ? 0 : batch
        },
        refresh() {
          ahead.refresh?.()
          back.refresh?.()
        },
        backward(outputGradient, batch) {
          const n = outSteps * batch
          for (let row = 0, at = 0; row < n; row++) {
            for (let i = 0; i < units; i++) aheadGradient[row * units + i] = outputGradient[at++]
            for (let i = 0; i < units; i++) backGradient[(n - 1 - row) * units + i] = outputGradient[at++]
          }
          const first = ahead.backward(aheadGradient, batch)
          const second = back.backward(backGradient, batch)
          if (first === undefined || second === undefined) return undefined
          inputGradient.fill(0, reversed.rows * width, rows * width)
          reverseRows(inputGradient, second, reversed.rows, width)
          k.add(inputGradient, first, rows * width)
          return inputGradient
        },
      }
    },
  }
}

function reverseRows(out: Float32Array, from: Float32Array, rows: number, width: number): void {
  for (let row = rows - 1, at = 0; row >= 0; row--) {
    for (let i = 0; i < width; i++) out[at++] = from[row * width + i]
  }
}
