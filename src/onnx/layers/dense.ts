import type { Tensor } from '../../core/state.js'
import type { GraphBuilder } from '../graph.js'
import { activate } from './activation.js'
import type { Emitter, SpecOf } from './emitter.js'

/** x W + b at each step. */
export function affine(graph: GraphBuilder, x: string, kernel: Tensor, bias: Tensor): string {
  const product = graph.node('MatMul', [x, graph.constant('kernel', kernel.data, kernel.shape)])
  return graph.node('Add', [product, graph.constant('bias', bias.data)])
}

export const emitDense: Emitter<SpecOf<'dense'>> = (graph, x, { spec, params: { kernel, bias } }) =>
  activate(graph, affine(graph, x, kernel, bias), spec.activation)
