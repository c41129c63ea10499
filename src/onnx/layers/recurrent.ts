import type { Tensor } from '../../core/state.js'
import { type GraphBuilder, reshape, transpose } from '../graph.js'
import type { Attributes } from '../proto.js'
import type { Params, SpecOf, TrainedLayer } from './emitter.js'

/** How a recurrent layer differs from its operator in ONNX. */
export interface Cell {
  readonly operator: 'LSTM' | 'GRU'
  readonly attributes: Attributes
  /** Gates of ONNX in its order, by their place among ours. */
  readonly gates: readonly number[]
}

type Recurrent = Pick<TrainedLayer<unknown>, 'inShape' | 'outShape'> & {
  readonly spec: Pick<SpecOf<'lstm'>, 'units' | 'returnSequences'>
}

/**
 * Adds a recurrence from a zero state. The operators want time first (`layout` 1 is not built in ONNX Runtime), and one row per gate and
 * unit where we have one column.
 *
 * @param directions parameters of the layer that reads the window forwards and, if there is one, of that which reads it backwards
 */
export function recur(
  graph: GraphBuilder,
  x: string,
  { spec: { units, returnSequences = false }, inShape, outShape }: Recurrent,
  { operator, attributes, gates }: Cell,
  directions: readonly Params[],
): string {
  const count = directions.length
  const gateWidth = gates.length * units
  const stack = (rowsOf: (params: Params) => readonly Float32Array[]) => joined(directions.flatMap(rowsOf))
  const byGate = (data: Tensor['data']) => gateRows(data, units, gates)
  const silent = new Float32Array(gateWidth)
  const inputs = [
    transpose(graph, x, [1, 0, 2]),
    graph.constant(
      'W',
      stack(({ kernel }) => [byGate(kernel.data)]),
      [count, gateWidth, inShape.width],
    ),
    graph.constant(
      'R',
      stack(({ recurrent }) => [byGate(recurrent.data)]),
      [count, gateWidth, units],
    ),
    graph.constant(
      'B',
      stack(({ bias, recurrentBias }) => [byGate(bias.data), byGate(recurrentBias?.data ?? silent)]),
      [count, 2 * gateWidth],
    ),
  ]
  const direction = count === 2 ? 'bidirectional' : 'forward'
  const all = { ...attributes, direction, hidden_size: units }
  // Output 0 is every state [steps, direction, batch, units], output 1 the last of each direction [direction, batch, units].
  const states = returnSequences
    ? transpose(graph, graph.node(operator, inputs, all), [2, 0, 1, 3])
    : transpose(graph, graph.node(operator, inputs, all, 1), [1, 0, 2])
  return reshape(graph, states, [outShape.steps, outShape.width])
}

/** Columns of gates `[rows, gates * units]` -> rows `[gates * units, rows]`, gates in the given order. */
function gateRows(data: Tensor['data'], units: number, gates: readonly number[]): Float32Array {
  const out = new Float32Array(data.length)
  const columns = gates.length * units
  let at = 0
  for (const gate of gates) {
    for (let column = gate * units; column < (gate + 1) * units; column++) {
      for (let from = column; from < data.length; from += columns) out[at++] = data[from]
    }
  }
  return out
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
