import type { Emitter, Params, SpecOf } from './emitter.js'
import { gruCell } from './gru.js'
import { LSTM } from './lstm.js'
import { recur } from './recurrent.js'

export const emitBidirectional: Emitter<SpecOf<'bidirectional'>> = (graph, x, layer) => {
  const spec = layer.spec.layer
  const cell = spec.type === 'lstm' ? LSTM : gruCell(spec)
  const directions = ['forward', 'backward'].map(prefix => paramsOf(layer.params, prefix))
  return recur(graph, x, { ...layer, spec }, cell, directions)
}

/** The parameters whose names begin with `prefix.`, without it. */
function paramsOf(params: Params, prefix: string): Params {
  const start = `${prefix}.`
  return Object.fromEntries(
    Object.entries(params)
      .filter(([name]) => name.startsWith(start))
      .map(([name, tensor]) => [name.slice(start.length), tensor]),
  )
}
