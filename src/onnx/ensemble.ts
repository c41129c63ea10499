import { VERSION } from '../core/version.js'
import { type FittedEnsemble, kernelWeights, LARGEST_READING } from '../detect/index.js'
import { type Combined, emitCombination, isStill, placeOf } from './combination.js'
import { lagged, type Series } from './detectors/emitter.js'
import { DETECTOR_EMITTERS } from './detectors/index.js'
import { createGraph, type GraphBuilder, reshape, slice } from './graph.js'
import { encodeModel, TYPES } from './proto.js'
import { type AffineScaler, emitScaler, scoreValues, WINDOW, windowValue } from './readings.js'

/** Everything a graph needs to compute the causal score of an ensemble from readings. */
export interface EnsembleFile {
  /** Of the graph. */
  readonly name: string
  readonly detector: FittedEnsemble
  readonly scaler: AffineScaler
  /** Raw score that becomes 1.0. */
  readonly level: number
  /** Kept in the file as it is. */
  readonly metadata: Readonly<Record<string, string>>
}

type Parts = ReturnType<FittedEnsemble['parts']>

/** Published scores and residuals go no further. */
const LARGEST = 1e30
const OVER_COLUMNS = { axes: [2], keepdims: 1 }

/**
 * An ensemble as one ONNX file: scaler, members, smoothing, combination and threshold; also a single detector whose score is smoothed.
 *
 * In: `window` double `[batch, S, C]`, readings in the units of the history, oldest first. S is the context length: the samples that the widest kernel
 * smooths over, and before them those that the member with the longest memory looks back on. A sample with a NaN, and all before it, count as
 * not there: a series begins after them. Out, float32 unless said:
 * - `score` `[batch]`: 1.0 = threshold. NaN when a member has no score for the last sample
 * - `flag` bool `[batch]`: score > 1
 * - `residual` `[batch, C]`: the score divided among the channels; their mean is the score
 *
 * Inside, all is float64 after the scaler but the networks: a forecast is close to the reading, and float32 would lose what is between them.
 */
export function encodeEnsemble({ name, detector, scaler, level, metadata }: EnsembleFile): Uint8Array {
  const parts = detector.parts('causal')
  const { channels, memory, standard } = parts
  const samples = detector.contextLength
  const graph = createGraph()
  const size = { samples, channels, rows: samples - memory }
  const scaled = emitScaler(graph.within('scaler'), WINDOW, scaler)
  const { there, filled } = emitMissing(graph.within('missing'), scaled, size)
  const { rows, several } = emitRows(
    graph,
    parts,
    emitSeries(graph.within('held'), filled, size, standard),
    filled,
  )
  const smooth = emitSmoothing(graph.within('smooth'), rows, there, detector.scales)
  const raw = emitCombination(graph.within('combine'), smooth, several, parts)
  emitPublished(graph, raw, slice(graph.within('last'), there, 1, size.rows - 1, size.rows), level)
  return encodeModel({
    producer: { name: 'telltale', version: VERSION },
    description: 'Causal anomaly score of the last sample of a window of readings; 1.0 = threshold.',
    metadata,
    graph: {
      name,
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [windowValue(samples, channels)],
      outputs: scoreValues(channels, 'one of the last samples lacks a reading'),
    },
  })
}

type Size = Pick<Series, 'samples' | 'channels' | 'rows'>

/**
 * Readings without a NaN, and which rows count: `[batch, rows, 1]`, 1 where the window of a row begins after the last sample that lacks a reading,
 * else 0.
 */
function emitMissing(graph: GraphBuilder, scaled: string, { rows }: Size) {
  const isMissing = graph.node('IsNaN', [scaled])
  const filled = graph.node('Where', [isMissing, graph.scalar('nothing', 0), scaled])
  const counts = graph.node(
    'ReduceMax',
    [graph.node('Cast', [isMissing], { to: TYPES.double })],
    OVER_COLUMNS,
  )
  const axis = graph.constant('axis', BigInt64Array.of(1n), [])
  const later = graph.node('CumSum', [counts, axis], { reverse: 1 })
  const whole = graph.node('Less', [later, graph.double('one', 0.5)])
  const there = graph.node('Cast', [slice(graph, whole, 1, 0, rows)], { to: TYPES.double })
  return { there, filled }
}

/** What the members see: channels that never moved stay where they were. */
function emitSeries(graph: GraphBuilder, filled: string, size: Size, { still }: Parts['standard']): Series {
  const scaled = still
    ? graph.node('Where', [isStill(graph, still.values), placeOf(graph, still.values), filled])
    : filled
  const held = graph.node('Clip', [
    scaled,
    graph.scalar('lowest', -LARGEST_READING),
    graph.scalar('highest', LARGEST_READING),
  ])
  return { ...size, scaled, held: graph.node('Cast', [held], { to: TYPES.double }) }
}

/** The rows that are smoothed, `[batch, rows, several + C]`, see `memberRows`; the first `several` at every scale. */
function emitRows(
  graph: GraphBuilder,
  { detectors, powers, standard }: Parts,
  series: Series,
  filled: string,
) {
  const members = detectors.map((detector, m) => {
    const state = detector.state()
    const inside = graph.within(`member${m}_${state.kind.replace('detector:', '')}`)
    const residual = DETECTOR_EMITTERS[state.kind](inside, series, state)
    return emitPower(inside, residual, powers[m])
  })
  if (standard.still) members.push(emitMoved(graph.within('still'), filled, series, standard.still.values))
  const inside = graph.within('rows')
  const means = members.map(part => inside.node('ReduceMean', [part], OVER_COLUMNS))
  const sum = members.length === 1 ? members[0] : inside.node('Sum', members)
  return { rows: inside.node('Concat', [...means, sum], { axis: 2 }), several: means.length }
}

function emitPower(graph: GraphBuilder, residual: string, power: number): string {
  if (power === 1) return residual
  if (power === 0.5) return graph.node('Sqrt', [residual])
  return graph.node('Pow', [residual, graph.double('power', power)])
}

/** 1 where a channel that never moved has moved, see `stillScores`. */
function emitMoved(graph: GraphBuilder, filled: string, series: Series, still: Float32Array): string {
  const readings = lagged(graph, filled, series, 0)
  const isThere = graph.node('Equal', [readings, placeOf(graph, still)])
  const away = graph.node('And', [graph.node('Not', [isThere]), isStill(graph, still)])
  return graph.node('Cast', [away], { to: TYPES.double })
}

/** Weighted means over the rows that are there, at each scale: `[batch, scales, columns]`. */
function emitSmoothing(graph: GraphBuilder, rows: string, there: string, scales: readonly number[]): string {
  const kernels = scales.map(kernelWeights)
  const reach = Math.max(...kernels.map(({ length }) => length))
  const weights = new Float64Array(scales.length * reach)
  kernels.forEach((kernel, k) => {
    weights.set(kernel, (k + 1) * reach - kernel.length)
  })
  const matrix = graph.constant('weights', weights, [scales.length, reach])
  const sums = graph.node('MatMul', [matrix, graph.node('Mul', [rows, there])])
  return graph.node('Div', [sums, graph.node('MatMul', [matrix, there])])
}

/** Score, flag and residual in units of the level; NaN where the last row is not there. @param last `[batch, 1, 1]` */
function emitPublished(
  graph: GraphBuilder,
  { score, residual }: Combined,
  last: string,
  level: number,
): void {
  const inside = graph.within('published')
  const isMissing = inside.node('Less', [last, inside.double('half', 0.5)])
  const largest = inside.double('largest', LARGEST)
  const publish = (raw: string, shape: readonly number[]) => {
    const inUnits = inside.node('Div', [inside.node('Min', [raw, largest]), inside.double('level', level)])
    const held = inside.node('Min', [inUnits, largest])
    return reshape(
      inside,
      inside.node('Where', [isMissing, inside.double('nothing', Number.NaN), held]),
      shape,
    )
  }
  const published = graph.output('score', 'Cast', [publish(score, [])], { to: TYPES.float })
  graph.output('residual', 'Cast', [publish(residual.value, [residual.channels])], { to: TYPES.float })
  graph.output('flag', 'Greater', [published, inside.scalar('threshold', 1)])
}
