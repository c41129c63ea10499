import type { Emitter, SpecOf } from './emitter.js'

/** With the running statistics a constant factor and offset; `BatchNormalization` would want its columns on the second axis. */
export const emitBatchNorm: Emitter<SpecOf<'batch-norm'>> = (
  graph,
  x,
  { spec: { epsilon = 1e-5 }, params },
) => {
  const { scale, offset, mean, variance } = params
  const factor = Float32Array.from(scale.data, (value, i) => value / Math.sqrt(variance.data[i] + epsilon))
  const centred = graph.node('Sub', [x, graph.constant('mean', mean.data)])
  const scaled = graph.node('Mul', [centred, graph.constant('factor', factor)])
  return graph.node('Add', [scaled, graph.constant('offset', offset.data)])
}
