import { createNetwork } from '../../nn/index.js'
import { activate } from './activation.js'
import { affine } from './dense.js'
import type { Emitter, SpecOf } from './emitter.js'

/** Its layers are a network of their own: their parameters have the names that it gives them. */
export const emitResidual: Emitter<SpecOf<'residual'>> = (graph, x, { spec, inShape, params }, emitRow) => {
  const { layers, activation, type } = spec
  const inner = createNetwork({ name: type, inputShape: [inShape.steps, inShape.width], layers })
  const bent = emitRow(graph, x, inner, params)
  const { 'projection.kernel': kernel, 'projection.bias': bias } = params
  const straight = kernel === undefined ? x : affine(graph.within('projection'), x, kernel, bias)
  return activate(graph, graph.node('Add', [straight, bent]), activation)
}
