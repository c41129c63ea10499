import type { Emitter, SpecOf } from './emitter.js'
import { type Cell, recur } from './recurrent.js'

/** Order of the gates: r, z, n here; z, r, h in ONNX. The reset gate acts after the recurrent product, or before it. */
export function gruCell({ resetAfter = true }: SpecOf<'gru'>): Cell {
  return { operator: 'GRU', attributes: { linear_before_reset: resetAfter ? 1 : 0 }, gates: [1, 0, 2] }
}

export const emitGru: Emitter<SpecOf<'gru'>> = (graph, x, layer) =>
  recur(graph, x, layer, gruCell(layer.spec), [layer.params])
