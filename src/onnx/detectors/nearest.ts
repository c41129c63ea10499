import { doubles, laggedWindows, meanOverSteps, square, standardised, upTo } from './emitter.js'

/**
 * Mean squared difference to the nearest window of the bank, see `nearest`: |q - b|^2 = |q|^2 - 2 (q b - |b|^2 / 2), so that the nearest has the
 * largest bracket. The oldest sample of a window comes first, as in the bank.
 */
export const emitNearest = standardised((graph, series, { arrays: { bank } }) => {
  const [count, window, channels] = bank.shape
  const size = window * channels
  const rows = Float64Array.from(bank.data)
  const columns = new Float64Array(rows.length)
  const halfNorms = new Float64Array(count)
  rows.forEach((value, at) => {
    const [b, j] = [Math.floor(at / size), at % size]
    columns[j * count + b] = value
    halfNorms[b] += 0.5 * value * value
  })
  const own = laggedWindows(graph, series.held, series, upTo(window).toReversed())
  const products = graph.node('MatMul', [own, doubles(graph, 'columns', columns, [size, count])])
  const brackets = graph.node('Sub', [products, doubles(graph, 'halfNorms', halfNorms)])
  const closest = graph.node('ArgMax', [brackets], { axis: -1, keepdims: 0 })
  const found = graph.node('Gather', [doubles(graph, 'bank', rows, [count, size]), closest], { axis: 0 })
  return meanOverSteps(graph, square(graph, graph.node('Sub', [own, found])), window, series)
})
