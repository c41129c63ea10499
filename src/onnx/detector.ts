import type { Tensor } from '../core/state.js'
import { VERSION } from '../core/version.js'
import { logVariance, type Network } from '../nn/index.js'
import { createGraph, type GraphBuilder, slice } from './graph.js'
import { emitNetwork } from './network.js'
import { encodeModel, type OnnxValue, TYPES } from './proto.js'

/** Everything a graph needs to compute a score from readings. */
export interface DetectorParts {
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
 * A detector that reconstructs or forecasts as one ONNX file: scaler, network, score and threshold.
 *
 * In: `window` double `[batch, S, C]`, readings in the units of the history, oldest first. S is the window T, and for a forecaster the samples
 * that it predicts after these. Out, float32 unless said, with E the samples that are reconstructed (all T) or forecast (the last ones):
 * - `score` `[batch]`: the mean of `residual` over the channels; 1.0 = threshold. NaN when the window holds a NaN
 * - `flag` bool `[batch]`: score > 1
 * - `residual` `[batch, C]`: the mean of `errors` over the samples, the normalised error of each channel
 * - `errors` `[batch, E, C]`: squared error of each sample over the usual error of its channel and the level
 *
 * The window is double because float32 would lose what a scaler must see: 101325.01 and 101325.012 are the same number there.
 */
export function encodeDetector(parts: DetectorParts): Uint8Array {
  const { network, weights, scaler, metadata } = parts
  const { inShape, target, span } = network
  const { steps, width } = inShape
  const graph = createGraph()
  const scaled = emitScaler(graph.within('scaler'), 'window', scaler)
  const forecasts = span > steps
  const seen = forecasts ? slice(graph.within('seen'), scaled, 1, 0, steps) : scaled
  const wanted = forecasts ? slice(graph.within('wanted'), scaled, 1, target.offset, span) : scaled
  const output = emitNetwork(graph, seen, network, weights)
  const difference = emitDifference(graph.within('difference'), output, wanted, network)
  emitScore(graph, emitMissing(graph.within('missing'), difference, scaled), parts)
  return encodeModel({
    producer: { name: 'telltale', version: VERSION },
    description: 'Anomaly score of a window of readings; 1.0 = threshold.',
    metadata,
    graph: {
      name: network.architecture.name,
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [windowValue(span, width)],
      outputs: scoreValues(target.steps, width),
    },
  })
}

/** (x - offset) / spread in float64, rounded to float32 as the scalers do. */
function emitScaler(graph: GraphBuilder, x: string, { offset, spread }: DetectorParts['scaler']): string {
  const centred = graph.node('Sub', [x, graph.constant('offset', offset)])
  const scaled = graph.node('Div', [centred, graph.constant('spread', spread)])
  return graph.node('Cast', [scaled], { to: TYPES.float })
}

/** Error of each sample and channel; of a network that gives a log variance beside each prediction, in standard deviations. */
function emitDifference(
  graph: GraphBuilder,
  output: string,
  wanted: string,
  { loss, inShape }: Network,
): string {
  if (loss.outputs === 1) return graph.node('Sub', [output, wanted])
  const { width } = inShape
  const difference = graph.node('Sub', [slice(graph.within('mean'), output, 2, 0, width), wanted])
  const variance = graph.node('Clip', [
    slice(graph.within('variance'), output, 2, width, 2 * width),
    graph.scalar('lowest', logVariance(Number.NEGATIVE_INFINITY)),
    graph.scalar('highest', logVariance(Number.POSITIVE_INFINITY)),
  ])
  const halved = graph.node('Mul', [variance, graph.scalar('half', -0.5)])
  return graph.node('Mul', [difference, graph.node('Exp', [halved])])
}

/** NaN for the whole of a window that holds a NaN: inside a network it may get lost, as in the gates of some runtimes. */
function emitMissing(graph: GraphBuilder, difference: string, x: string): string {
  const mean = graph.node('ReduceMean', [x], { axes: [1, 2], keepdims: 1 })
  const missing = graph.node('IsNaN', [mean])
  return graph.node('Where', [missing, graph.scalar('nothing', Number.NaN), difference])
}

/** Divided twice, as when telltale scores: the product of a usual error and a level may be too small for float32. */
function emitScore(graph: GraphBuilder, difference: string, { usualError, level }: DetectorParts): void {
  const inside = graph.within('score')
  const squared = inside.node('Mul', [difference, difference])
  const relative = inside.node('Div', [squared, inside.constant('usualError', usualError)])
  const errors = graph.output('errors', 'Div', [relative, inside.scalar('level', level)])
  const overSamples = { axes: [1], keepdims: 0 }
  const residual = graph.output('residual', 'ReduceMean', [errors], overSamples)
  const score = graph.output('score', 'ReduceMean', [residual], overSamples)
  graph.output('flag', 'Greater', [score, inside.scalar('threshold', 1)])
}

function windowValue(samples: number, width: number): OnnxValue {
  return {
    name: 'window',
    type: 'double',
    shape: ['batch', samples, width],
    description: 'Readings in the units of the history, oldest first; channels as in the metadata.',
  }
}

function scoreValues(samples: number, width: number): OnnxValue[] {
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
      description: 'Normalised error of each channel: the mean over channels is the score.',
    },
    {
      name: 'errors',
      type: 'float',
      shape: ['batch', samples, width],
      description: 'Normalised error of each sample and channel: the mean over the samples is the residual.',
    },
  ]
}
