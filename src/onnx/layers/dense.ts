import { activate } from './activation.js'
import type { Emitter, SpecOf } from './emitter.js'

export const emitDense: Emitter<SpecOf<'dense'>> = (graph, x, { spec, params: { kernel, bias } }) => {
  const product = graph.node('MatMul', [x, graph.constant('kernel', kernel.data, kernel.shape)])
  const sum = graph.node('Add', [product, graph.constant('bias', bias.data)])
  return activate(graph, sum, spec.activation)
}
