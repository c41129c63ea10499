import { doubles, lagged, square, standardised } from './emitter.js'

/** Squared distance from the centre in spreads, see `deviation`. */
export const emitDeviation = standardised((graph, series, { arrays: { centres, spreads } }) => {
  const readings = lagged(graph, series.held, series, 0)
  const centred = graph.node('Sub', [readings, doubles(graph, 'centres', centres.data)])
  return square(graph, graph.node('Div', [centred, doubles(graph, 'spreads', spreads.data)]))
})
