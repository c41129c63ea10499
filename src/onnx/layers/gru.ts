import type { Emitter, SpecOf } from './emitter.js'
import { recur } from './recurrent.js'

/** Gates r, z, n here, z, r, h in ONNX. */
const GATES = [1, 0, 2]

export const emitGru: Emitter<SpecOf<'gru'>> = (graph, x, { spec, outShape, params }) => {
  const { kernel, recurrent, bias, recurrentBias } = params
  return recur(graph, x, outShape.steps, spec.returnSequences ?? false, {
    operator: 'GRU',
    // The reset gate acts after the recurrent product.
    attributes: { linear_before_reset: 1 },
    gates: GATES,
    units: spec.units,
    kernel,
    recurrent,
    biases: [bias.data, recurrentBias.data],
  })
}
