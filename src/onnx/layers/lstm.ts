import type { Emitter, SpecOf } from './emitter.js'
import { type Cell, recur } from './recurrent.js'

/** Order of the gates: i, f, g, o here; i, o, f, c in ONNX. */
export const LSTM: Cell = { operator: 'LSTM', attributes: {}, gates: [0, 3, 1, 2] }

export const emitLstm: Emitter<SpecOf<'lstm'>> = (graph, x, layer) =>
  recur(graph, x, layer, LSTM, [layer.params])
