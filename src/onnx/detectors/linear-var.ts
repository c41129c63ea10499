import { doubles, lagged, laggedWindows, square, standardised, upTo } from './emitter.js'

/** Squared error of the forecast b + sum A_k z_(t-k), see `linearVar`: one matrix product over the lagged samples. */
export const emitLinearVar = standardised((graph, series, { arrays: { coefficients } }) => {
  const { channels, held } = series
  const known = coefficients.shape[0] - 1
  const matrix = coefficients.data.slice(0, known * channels)
  const constant = coefficients.data.slice(known * channels)
  const past = laggedWindows(
    graph,
    held,
    series,
    upTo(known / channels).map(lag => lag + 1),
  )
  const sums = graph.node('MatMul', [past, doubles(graph, 'coefficients', matrix, [known, channels])])
  const forecast = graph.node('Add', [sums, doubles(graph, 'constant', constant)])
  return square(graph, graph.node('Sub', [lagged(graph, held, series, 0), forecast]))
})
