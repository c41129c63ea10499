import type { Emitter, RowEmitter } from './layers/emitter.js'
import { EMITTERS } from './layers/index.js'

/**
 * Adds the layers of a trained network: `[batch, steps, width]` in, `[batch, steps, width]` out. The parameters are those of
 * `weightsToTensors`.
 */
export const emitNetwork: RowEmitter = (graph, x, network, tensors) => {
  let inShape = network.inShape
  let value = x
  network.architecture.layers.forEach((spec, i) => {
    const { params, outShape } = network.layers[i]
    const slots = network.slots.filter(({ layer }) => layer === i)
    const named = Object.fromEntries(params.map(({ name }, p) => [name, tensors[slots[p].name]]))
    // The type of a spec decides which emitter it gets: the table says so, one step too far for the compiler.
    const emit = EMITTERS[spec.type] as Emitter
    const layer = { spec, inShape, outShape, params: named }
    value = emit(graph.within(`layer${i}_${spec.type}`), value, layer, emitNetwork)
    inShape = outShape
  })
  return value
}
