import { transpose } from '../graph.js'
import type { Emitter, SpecOf } from './emitter.js'

export const emitPool: Emitter<SpecOf<'pool'>> = (graph, x, { spec: { size, method = 'max' } }) => {
  const operator = method === 'max' ? 'MaxPool' : 'AveragePool'
  const pooled = graph.node(operator, [transpose(graph, x, [0, 2, 1])], {
    kernel_shape: [size],
    strides: [size],
  })
  return transpose(graph, pooled, [0, 2, 1])
}
