import { reshape } from '../graph.js'
import type { Emitter, SpecOf } from './emitter.js'

/** A new axis behind the steps is filled with copies and merged into them. */
export const emitUpsample: Emitter<SpecOf<'upsample'>> = (graph, x, { spec, outShape }) => {
  const apart = graph.node('Unsqueeze', [x, graph.integers('axes', [2])])
  const copied = graph.node('Expand', [apart, graph.integers('copies', [1, 1, spec.factor, 1])])
  return reshape(graph, copied, [outShape.steps, outShape.width])
}
