import type { State, Tensor } from '../../core/state.js'
import { LEAST_ERROR } from '../../detect/index.js'
import { architectureSchema, createNetwork } from '../../nn/index.js'
import type { GraphBuilder } from '../graph.js'
import { emitDifference, type TrainedNetwork } from '../network-errors.js'
import { TYPES } from '../proto.js'
import {
  type DetectorEmitter,
  doubles,
  lagged,
  laggedWindows,
  type Series,
  square,
  standardised,
  upTo,
} from './emitter.js'

/** Mean squared error of the window that ends at a sample, see `autoencoder`. */
export const emitAutoencoder: DetectorEmitter = (graph, series, { options, arrays }) => {
  const { architecture } = options as { readonly architecture: unknown }
  const network = createNetwork(architectureSchema.parse(architecture))
  const { scaled, channels } = series
  const errors = windowErrors(graph, scaled, series, channels, { network, weights: arrays })
  const usual = arrays['usualError.causal'].data.map(error => Math.max(error, LEAST_ERROR))
  return graph.node('Div', [errors, doubles(graph, 'usualError', usual)])
}

/** The mean of the squared errors of several networks; a channel that they do not see is expected to stay, see `committee`. */
export const emitCommittee = standardised((graph, series, { options, arrays }) => {
  const { architecture, members, moving } = options as {
    readonly architecture?: unknown
    readonly members: number
    readonly moving: readonly number[]
  }
  const { channels, held } = series
  const readings = lagged(graph, held, series, 0)
  const centred = graph.node('Sub', [readings, doubles(graph, 'centre', arrays.centre.data)])
  const still = square(graph, centred)
  if (members === 0) return still
  const network = createNetwork(architectureSchema.parse(architecture))
  const seen = graph.node('Gather', [held, graph.integers('moving', moving)], { axis: 2 })
  const float = graph.node('Cast', [seen], { to: TYPES.float })
  const errors = upTo(members).map(m => {
    const inside = graph.within(`member${m}`)
    return windowErrors(inside, float, series, moving.length, { network, weights: weightsOf(arrays, m) })
  })
  const sum = members === 1 ? errors[0] : graph.node('Sum', errors)
  const mean = graph.node('Div', [sum, graph.double('members', members)])
  return moving.length === channels ? mean : inPlace(graph, still, mean, moving, channels)
})

/** Still channels with the moving ones in their places. */
function inPlace(
  graph: GraphBuilder,
  still: string,
  mean: string,
  moving: readonly number[],
  channels: number,
): string {
  const both = graph.node('Concat', [still, mean], { axis: 2 })
  const places = upTo(channels).map(c => (moving.includes(c) ? channels + moving.indexOf(c) : c))
  return graph.node('Gather', [both, graph.integers('places', places)], { axis: 2 })
}

function weightsOf(arrays: State['arrays'], member: number): Record<string, Tensor> {
  const prefix = `member${member}.`
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}

/** Mean squared error of the windows that end at the last rows, float64 `[batch, rows, width]`. @param x float32 `[batch, samples, width]` */
function windowErrors(
  graph: GraphBuilder,
  x: string,
  series: Series,
  width: number,
  trained: TrainedNetwork,
): string {
  const { span } = trained.network
  const own = laggedWindows(graph, x, series, upTo(span).toReversed())
  const windows = graph.node('Reshape', [own, graph.integers('windows', [-1, span, width])])
  const squared = square(graph, emitDifference(graph, windows, trained))
  const means = graph.node('ReduceMean', [squared], { axes: [1], keepdims: 0 })
  const rows = graph.node('Reshape', [means, graph.integers('rows', [-1, series.rows, width])])
  return graph.node('Cast', [rows], { to: TYPES.double })
}
