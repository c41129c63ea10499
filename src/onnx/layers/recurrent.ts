import type { Tensor } from '../../core/state.js'
import { type GraphBuilder, reshape, transpose } from '../graph.js'
import type { Attributes } from '../proto.js'

/** A recurrent operator of ONNX. */
export interface Recurrence {
  readonly operator: 'LSTM' | 'GRU'
  readonly attributes: Attributes
  /** Its gates, by their place among ours. */
  readonly gates: readonly number[]
  readonly units: number
  readonly kernel: Tensor
  readonly recurrent: Tensor
  /** Bias of the input and bias of the state, `[gates * units]`. */
  readonly biases: readonly [Tensor['data'], Tensor['data']]
}

/**
 * Adds a recurrence from a zero state. The operators want time first (`layout` 1 is not built in ONNX Runtime), and one row per gate and
 * unit where we have one column.
 *
 * @param steps of the output; 1 = the last state only
 */
export function recur(
  graph: GraphBuilder,
  x: string,
  steps: number,
  returnSequences: boolean,
  r: Recurrence,
): string {
  const { operator, units, kernel, recurrent } = r
  const byGate = ({ data }: Pick<Tensor, 'data'>, rows: number) => gateRows(data, rows, units, r.gates)
  const gateWidth = r.gates.length * units
  const [inputBias, stateBias] = r.biases.map(data => byGate({ data }, 1))
  const bias = new Float32Array(2 * gateWidth)
  bias.set(inputBias)
  bias.set(stateBias, gateWidth)
  const width = kernel.shape[0]
  const weights = [
    graph.constant('W', byGate(kernel, width), [1, gateWidth, width]),
    graph.constant('R', byGate(recurrent, units), [1, gateWidth, units]),
    graph.constant('B', bias, [1, 2 * gateWidth]),
  ]
  const inputs = [transpose(graph, x, [1, 0, 2]), ...weights]
  const attributes = { ...r.attributes, hidden_size: units }
  // Output 0 is every state [steps, direction, batch, units], output 1 the last one [direction, batch, units].
  if (!returnSequences) return transpose(graph, graph.node(operator, inputs, attributes, 1), [1, 0, 2])
  const states = graph.node(operator, inputs, attributes)
  return reshape(graph, transpose(graph, states, [2, 0, 1, 3]), steps, units)
}

/** Columns of gates `[rows, gates * units]` -> rows `[gates * units, rows]`, gates in the given order. */
function gateRows(data: Tensor['data'], rows: number, units: number, gates: readonly number[]): Float32Array {
  const out = new Float32Array(data.length)
  const columns = gates.length * units
  let at = 0
  for (const gate of gates) {
    for (let unit = 0; unit < units; unit++) {
      for (let row = 0; row < rows; row++) out[at++] = data[row * columns + gate * units + unit]
    }
  }
  return out
}
