import { distinctRows, TIE } from '../../detect/index.js'
import { type GraphBuilder, reshape } from '../graph.js'
import { TYPES } from '../proto.js'
import { doubles, laggedWindows, meanOverSteps, square, standardised, upTo } from './emitter.js'

/** Windows that are compared once more: the products have errors of their own. */
const CANDIDATES = 8

/**
 * Mean squared difference to the nearest window of the bank, see `nearest`. |q - b|^2 = |q|^2 - 2 (q b - |b|^2 / 2): the largest brackets find a few
 * windows, their squared differences the nearest of these; of windows that are equally near the first one. The oldest sample of a window comes first,
 * as in the bank.
 */
export const emitNearest = standardised((graph, series, { arrays: { bank } }) => {
  const [, window, channels] = bank.shape
  const size = window * channels
  const all = Float32Array.from(bank.data)
  const kept = [...distinctRows(all, size)].map(b => [...all.subarray(b * size, (b + 1) * size)])
  const rows = Float64Array.from(kept.flat())
  const bankName = doubles(graph, 'bank', rows, [rows.length / size, size])
  const own = laggedWindows(graph, series.held, series, upTo(window).toReversed())
  const found = emitFirst(graph, own, emitCandidates(graph, own, rows, size), bankName, [series.rows, size])
  return meanOverSteps(graph, square(graph, graph.node('Sub', [own, found])), window, series)
})

/** Numbers of the windows with the largest brackets, `[batch, rows, k]`. */
function emitCandidates(graph: GraphBuilder, own: string, rows: Float64Array, size: number): string {
  const count = rows.length / size
  const columns = new Float64Array(rows.length)
  const halfNorms = new Float64Array(count)
  rows.forEach((value, at) => {
    const [b, j] = [Math.floor(at / size), at % size]
    columns[j * count + b] = value
    halfNorms[b] += 0.5 * value * value
  })
  const products = graph.node('MatMul', [own, doubles(graph, 'columns', columns, [size, count])])
  const brackets = graph.node('Sub', [products, doubles(graph, 'halfNorms', halfNorms)])
  const few = graph.integers('candidates', [Math.min(CANDIDATES, count)])
  return graph.node('TopK', [brackets, few], { axis: -1 }, 1)
}

/** The nearest of the candidates, of several the first of the bank: `[batch, rows, size]`. */
function emitFirst(
  graph: GraphBuilder,
  own: string,
  candidates: string,
  bank: string,
  [rows, size]: readonly [number, number],
): string {
  const windows = graph.node('Gather', [bank, candidates], { axis: 0 })
  const apart = graph.node('Sub', [reshape(graph, own, [rows, 1, size]), windows])
  const distances = graph.node('ReduceSum', [square(graph, apart), graph.integers('axes', [3])], {
    keepdims: 0,
  })
  const smallest = graph.node('ReduceMin', [distances], { axes: [2], keepdims: 1 })
  const tied = graph.node('Mul', [smallest, graph.double('tie', 1 + TIE)])
  const isFurther = graph.node('Greater', [distances, tied])
  const places = graph.node('Cast', [candidates], { to: TYPES.double })
  const none = graph.double('none', Number.MAX_SAFE_INTEGER)
  const nearest = graph.node('Where', [isFurther, none, places])
  const first = graph.node('ReduceMin', [nearest], { axes: [2], keepdims: 0 })
  return graph.node('Gather', [bank, graph.node('Cast', [first], { to: TYPES.int64 })], { axis: 0 })
}
