import type { Tensor } from '../core/state.js'
import { logVariance, type Network } from '../nn/index.js'
import { type GraphBuilder, slice } from './graph.js'
import { emitNetwork } from './network.js'

/** A network with its weights by name, as `weightsToTensors` gives them. */
export interface TrainedNetwork {
  readonly network: Network
  readonly weights: Readonly<Record<string, Tensor>>
}

/**
 * Adds a network and what it gets wrong: scaled windows `[batch, span, C]` in, the difference of each sample that it reconstructs or forecasts
 * `[batch, E, C]` out; of a network that gives a log variance beside each prediction, in standard deviations.
 */
export function emitDifference(
  graph: GraphBuilder,
  scaled: string,
  { network, weights }: TrainedNetwork,
): string {
  const { inShape, target, span } = network
  const { steps, width } = inShape
  const forecasts = span > steps
  const seen = forecasts ? slice(graph.within('seen'), scaled, 1, 0, steps) : scaled
  const wanted = forecasts ? slice(graph.within('wanted'), scaled, 1, target.offset, span) : scaled
  const output = emitNetwork(graph, seen, network, weights)
  const inside = graph.within('difference')
  if (network.loss.outputs === 1) return inside.node('Sub', [output, wanted])
  const difference = inside.node('Sub', [slice(inside.within('mean'), output, 2, 0, width), wanted])
  const variance = inside.node('Clip', [
    slice(inside.within('variance'), output, 2, width, 2 * width),
    inside.scalar('lowest', logVariance(Number.NEGATIVE_INFINITY)),
    inside.scalar('highest', logVariance(Number.POSITIVE_INFINITY)),
  ])
  const halved = inside.node('Mul', [variance, inside.scalar('half', -0.5)])
  return inside.node('Mul', [difference, inside.node('Exp', [halved])])
}
