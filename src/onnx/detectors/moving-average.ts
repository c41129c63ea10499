import { lagged, laggedWindows, meanOverSteps, square, standardised, upTo } from './emitter.js'

/** Squared difference from the mean of the samples before, see `movingAverage`. */
export const emitMovingAverage = standardised((graph, series, { options }) => {
  const { window } = options as { readonly window: number }
  const before = laggedWindows(
    graph,
    series.held,
    series,
    upTo(window).map(lag => lag + 1),
  )
  const mean = meanOverSteps(graph, before, window, series)
  return square(graph, graph.node('Sub', [lagged(graph, series.held, series, 0), mean]))
})
