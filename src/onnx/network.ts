import { createError } from '../core/errors.js'
import type { Tensor } from '../core/state.js'
import type { Network } from '../nn/index.js'
import type { GraphBuilder } from './graph.js'
import type { Emitter } from './layers/emitter.js'
import { EMITTERS } from './layers/index.js'
import { OPSET } from './proto.js'

/**
 * Adds the layers of a trained network: `[batch, steps, width]` in, `[batch, steps, width]` out.
 *
 * @param tensors the weights by name, as `weightsToTensors` gives them
 * @throws OptionError `onnx-unsupported` with the layer that has no counterpart
 */
export function emitNetwork(
  graph: GraphBuilder,
  x: string,
  network: Network,
  tensors: Readonly<Record<string, Tensor>>,
): string {
  let inShape = network.inShape
  let value = x
  network.architecture.layers.forEach((spec, i) => {
    const { params, outShape } = network.layers[i]
    const slots = network.slots.filter(({ layer }) => layer === i)
    const named = Object.fromEntries(params.map(({ name }, p) => [name, tensors[slots[p].name]]))
    // The type of a spec decides which emitter it gets: the table says so, one step too far for the compiler.
    const emit = EMITTERS[spec.type] as Emitter | undefined
    if (emit === undefined) {
      throw createError('onnx-unsupported', { what: `layer ${i} (${spec.type})`, opset: OPSET })
    }
    value = emit(graph.within(`${i}.${spec.type}`), value, { spec, inShape, outShape, params: named })
    inShape = outShape
  })
  return value
}
