import type { GraphBuilder } from '../graph.js'
import { doubles, laggedWindows, meanOverSteps, square, standardised, upTo } from './emitter.js'

/** Distance from the subspace of the components (Q) or within it (T2), see `pca`: two matrix products. The newest sample comes first. */
export const emitPca = standardised((graph, series, { arrays: { components, centre }, options }) => {
  const { statistic } = options as { readonly statistic: 'q' | 't2' }
  const readings = centre.data.length
  const steps = readings / series.channels
  const own = laggedWindows(graph, series.held, series, upTo(steps))
  const window = graph.node('Sub', [own, doubles(graph, 'centre', centre.data)])
  const projected = project(graph, window, components.data, readings)
  const apart = statistic === 'q' ? graph.node('Sub', [window, projected]) : projected
  return meanOverSteps(graph, square(graph, apart), steps, series)
})

/** Onto the components; 0 where none is kept. @param components `[k * readings]` */
function project(
  graph: GraphBuilder,
  window: string,
  components: Float32Array | Float64Array,
  readings: number,
): string {
  const kept = components.length / readings
  if (kept === 0) return graph.node('Mul', [window, graph.double('nothing', 0)])
  const columns = new Float64Array(components.length)
  components.forEach((value, at) => {
    columns[(at % readings) * kept + Math.floor(at / readings)] = value
  })
  const weights = graph.node('MatMul', [window, doubles(graph, 'columns', columns, [readings, kept])])
  return graph.node('MatMul', [weights, doubles(graph, 'components', components, [kept, readings])])
}
