import type { Activation } from '../../kernels/index.js'
import type { GraphBuilder } from '../graph.js'
import type { Emitter, SpecOf } from './emitter.js'

type Curve = (graph: GraphBuilder, x: string) => string

/** The same forms as the kernels have. */
const CURVES: Readonly<Record<Activation, Curve>> = {
  linear: (_, x) => x,
  relu: (graph, x) => graph.node('Relu', [x]),
  'leaky-relu': (graph, x) => graph.node('LeakyRelu', [x], { alpha: { float: 0.01 } }),
  elu: (graph, x) => graph.node('Elu', [x], { alpha: { float: 1 } }),
  gelu,
  tanh: (graph, x) => graph.node('Tanh', [x]),
  sigmoid: (graph, x) => graph.node('Sigmoid', [x]),
  softplus: (graph, x) => graph.node('Softplus', [x]),
}

/** The tanh form, x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)); opset 17 has no operator for it. */
function gelu(graph: GraphBuilder, x: string): string {
  const slope = 2 * Math.sqrt(2 / Math.PI)
  const square = graph.node('Mul', [x, x])
  const cubic = graph.node('Mul', [square, graph.scalar('cubic', 0.044715 * slope)])
  const factor = graph.node('Add', [cubic, graph.scalar('slope', slope)])
  return graph.node('Mul', [x, graph.node('Sigmoid', [graph.node('Mul', [x, factor])])])
}

/** The function by its name; none is linear. */
export function activate(graph: GraphBuilder, x: string, name: Activation = 'linear'): string {
  return CURVES[name](graph, x)
}

export const emitActivation: Emitter<SpecOf<'activation'>> = (graph, x, { spec }) =>
  activate(graph, x, spec.activation)
