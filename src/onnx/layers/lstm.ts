import type { Emitter, SpecOf } from './emitter.js'
import { recur } from './recurrent.js'

/** Gates i, f, g, o here, i, o, f, c in ONNX. */
const GATES = [0, 3, 1, 2]

export const emitLstm: Emitter<SpecOf<'lstm'>> = (graph, x, { spec, outShape, params }) => {
  const { kernel, recurrent, bias } = params
  return recur(graph, x, outShape.steps, spec.returnSequences ?? false, {
    operator: 'LSTM',
    attributes: {},
    gates: GATES,
    units: spec.units,
    kernel,
    recurrent,
    biases: [bias.data, new Float32Array(bias.data.length)],
  })
}
