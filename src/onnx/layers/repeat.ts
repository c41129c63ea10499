import type { Emitter, SpecOf } from './emitter.js'

export const emitRepeat: Emitter<SpecOf<'repeat'>> = (graph, x, { spec }) =>
  graph.node('Expand', [x, graph.integers('shape', [1, spec.times, 1])])
