import { VERSION } from '../core/version.js'
import { createGraph, type GraphBuilder } from './graph.js'
import { emitDifference, type TrainedNetwork } from './network-errors.js'
import { encodeModel, type OnnxValue } from './proto.js'
import { type AffineScaler, emitScaler, scoreValues, WINDOW, windowValue } from './readings.js'

/** Everything a graph needs to compute the score of a network from readings. */
export interface DetectorParts extends TrainedNetwork {
  readonly scaler: AffineScaler
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
 */
export function encodeDetector(parts: DetectorParts): Uint8Array {
  const { network, scaler, metadata } = parts
  const { target, span, inShape } = network
  const graph = createGraph()
  const scaled = emitScaler(graph.within('scaler'), WINDOW, scaler)
  const difference = emitDifference(graph, scaled, parts)
  emitScore(graph, emitMissing(graph.within('missing'), difference, scaled), parts)
  return encodeModel({
    producer: { name: 'telltale', version: VERSION },
    description: 'Anomaly score of a window of readings; 1.0 = threshold.',
    metadata,
    graph: {
      name: network.architecture.name,
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [windowValue(span, inShape.width)],
      outputs: [
        ...scoreValues(inShape.width, 'the window holds a NaN'),
        errorsValue(target.steps, inShape.width),
      ],
    },
  })
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

/** `[batch, E, C]` */
function errorsValue(samples: number, width: number): OnnxValue {
  return {
    name: 'errors',
    type: 'float',
    shape: ['batch', samples, width],
    description: 'Normalised error of each sample and channel: the mean over the samples is the residual.',
  }
}
