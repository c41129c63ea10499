import { doubles, lagged, square, standardised } from './emitter.js'

/** Squared distance from the limits, 0 between them, see `range`. */
export const emitRange = standardised((graph, series, { arrays: { low, high } }) => {
  const readings = lagged(graph, series.held, series, 0)
  const below = graph.node('Sub', [doubles(graph, 'low', low.data), readings])
  const above = graph.node('Sub', [readings, doubles(graph, 'high', high.data)])
  return square(graph, graph.node('Max', [graph.double('inside', 0), below, above]))
})
