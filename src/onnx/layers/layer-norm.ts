import type { Emitter, SpecOf } from './emitter.js'

export const emitLayerNorm: Emitter<SpecOf<'layer-norm'>> = (graph, x, { spec, params: { scale, offset } }) =>
  graph.node(
    'LayerNormalization',
    [x, graph.constant('scale', scale.data), graph.constant('offset', offset.data)],
    { axis: -1, epsilon: { float: spec.epsilon ?? 1e-5 } },
  )
