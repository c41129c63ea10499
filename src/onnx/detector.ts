import type { Tensor } from '../core/state.js'
import { VERSION } from '../core/version.js'
import type { Network } from '../nn/index.js'
import { createGraph, type GraphBuilder } from './graph.js'
import { emitNetwork } from './network.js'
import { encodeModel, type OnnxValue } from './proto.js'

/** All that a graph needs to go from readings to a score. */
export interface ReconstructionParts {
  readonly network: Network
  /** The weights by name, as `weightsToTensors` gives them. */
  readonly weights: Readonly<Record<string, Tensor>>
  /** `[C]` each: a reading x is seen by the network as (x - offset) / spread. */
  readonly scaler: { readonly offset: Float64Array; readonly spread: Float64Array }
  /** `[C]` squared error by which that of each channel is divided. */
  readonly usualError: Float32Array
  /** Raw score that becomes 1.0. */
  readonly level: number
  /** Kept in the file as it is. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * A reconstruction detector as one ONNX file: scaler, network, score and threshold.
 *
 * In: `window` double `[batch, T, C]`, readings in the units of the history. Out, float32 unless said:
 * - `score` `[batch]`: the mean of `residual` over the channels; 1.0 = threshold. NaN when the window holds a NaN
 * - `flag` bool `[batch]`: score > 1
 * - `residual` `[batch, C]`: the mean of `errors` over the window, the part of each channel in the score
 * - `errors` `[batch, T, C]`: squared error of each sample over the usual error of its channel and the level
 *
 * The window is double because float32 would lose what a scaler must see: 101325.01 and 101325.02 are the same number there.
 *
 * @throws OptionError `onnx-unsupported` when a layer has no counterpart
 */
export function encodeReconstruction(parts: ReconstructionParts): Uint8Array {
  const { network, weights, metadata } = parts
  const graph = createGraph()
  const scaled = emitScaler(graph.within('scaler'), 'window', parts.scaler)
  const output = emitNetwork(graph, scaled, network, weights)
  emitScore(graph, scaled, output, parts)
  const { steps, width } = network.inShape
  return encodeModel({
    producer: { name: 'telltale', version: VERSION },
    description: 'Anomaly score of a window of readings; 1.0 = threshold.',
    metadata,
    graph: {
      name: network.architecture.name,
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [windowValue(steps, width)],
      outputs: scoreValues(steps, width),
    },
  })
}

/** (x - offset) / spread in float64, rounded to float32 as the scalers do. */
function emitScaler(
  graph: GraphBuilder,
  x: string,
  { offset, spread }: ReconstructionParts['scaler'],
): string {
  const centred = graph.node('Sub', [x, graph.constant('offset', offset)])
  const scaled = graph.node('Div', [centred, graph.constant('spread', spread)])
  return graph.node('Cast', [scaled], { to: 1 })
}

/** Divided twice, as when telltale scores: the product of a usual error and a level may be too small for float32. */
function emitScore(
  graph: GraphBuilder,
  x: string,
  y: string,
  { usualError, level }: ReconstructionParts,
): void {
  const inside = graph.within('score')
  const difference = inside.node('Sub', [y, x])
  const squared = inside.node('Mul', [difference, difference])
  const relative = inside.node('Div', [squared, inside.constant('usualError', usualError)])
  const errors = graph.output('errors', 'Div', [relative, inside.scalar('level', level)])
  const overSteps = { axes: [1], keepdims: 0 }
  const residual = graph.output('residual', 'ReduceMean', [errors], overSteps)
  const score = graph.output('score', 'ReduceMean', [residual], overSteps)
  graph.output('flag', 'Greater', [score, inside.scalar('threshold', 1)])
}

function windowValue(steps: number, width: number): OnnxValue {
  return {
    name: 'window',
    type: 'double',
    shape: ['batch', steps, width],
    description: 'Readings in the units of the history, oldest first; channels as in the metadata.',
  }
}

function scoreValues(steps: number, width: number): OnnxValue[] {
  return [
    {
      name: 'score',
      type: 'float',
      shape: ['batch'],
      description: 'Higher is more anomalous, 1.0 = threshold; NaN when the window holds a NaN.',
    },
    { name: 'flag', type: 'bool', shape: ['batch'], description: 'Whether the score is above 1.' },
    {
      name: 'residual',
      type: 'float',
      shape: ['batch', width],
      description: 'Part of each channel: the mean over channels is the score.',
    },
    {
      name: 'errors',
      type: 'float',
      shape: ['batch', steps, width],
      description: 'Part of each sample: the mean over the window is the residual.',
    },
  ]
}
