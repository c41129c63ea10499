import { VERSION } from '../core/version.js'
import {
  type FittedEnsemble,
  kernelWeights,
  LARGEST_LOG,
  LARGEST_READING,
  LEARNT,
  LEAST_SCORE,
  RUN_OVER_OTHERS,
  singleWeights,
} from '../detect/index.js'
import { emitWithoutCycle, timeValue } from './calendar-cycle.js'
import { type Combined, emitCombination, isNoSwitch, isStill, placeOf } from './combination.js'
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
 * not there: a series begins after them. Of a model that takes out a daily or weekly cycle also `time` double `[batch, S]`, ms since the epoch. Out, float32 unless said:
 * - `score` `[batch]`: 1.0 = threshold. NaN when a member has no score for the last sample
 * - `flag` bool `[batch]`: score > 1
 * - `residual` `[batch, C]`: the score divided among the channels; their mean is the score
 *
 * Inside, all is float64 after the scaler but the networks: a forecast is close to the reading, and float32 would lose what is between them.
 */
export function encodeEnsemble({ name, detector, scaler, level, metadata }: EnsembleFile): Uint8Array {
  const parts = detector.parts('causal')
  const { channels, memory, standard, cycle } = parts
  const samples = detector.contextLength
  const graph = createGraph()
  const size = { samples, channels, rows: samples - memory }
  const scaled = emitScaler(graph.within('scaler'), WINDOW, scaler)
  const seen = cycle ? emitWithoutCycle(graph.within('cycle'), scaled, cycle, samples) : scaled
  const { whole, there, filled } = emitMissing(graph.within('missing'), seen, size)
  const { rows, several } = emitRows(
    graph,
    parts,
    emitSeries(graph.within('held'), filled, size, standard),
    filled,
  )
  const smooth = emitSmoothing(graph.within('smooth'), rows, there, size.rows, detector.scales)
  const runs = standard.frozen && emitRuns(graph.within('runs'), scaled, whole, samples, parts.smooth.reach)
  const recent = standard.baseline && emitBaseline(graph.within('baseline'), rows, there, size.rows, standard)
  const raw = emitCombination(graph.within('combine'), { smooth, several, runs, recent }, parts)
  emitPublished(graph, raw, slice(graph.within('last'), there, 1, size.rows - 1, size.rows), level)
  return encodeModel({
    producer: { name: 'telltale', version: VERSION },
    description: 'Causal anomaly score of the last sample of a window of readings; 1.0 = threshold.',
    metadata,
    graph: {
      name,
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: [windowValue(samples, channels), ...(cycle ? [timeValue(samples, cycle)] : [])],
      outputs: scoreValues(channels, 'one of the last samples lacks a reading'),
    },
  })
}

type Size = Pick<Series, 'samples' | 'channels' | 'rows'>

/**
 * Readings without a NaN, which samples have none after them, bool `[batch, samples, 1]`, and which rows count: `[batch, rows, 1]`, 1 where the window of a row
 * begins after the last sample that lacks a reading, else 0.
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
  return { whole, there, filled }
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

/**
 * What members see from which channels are hidden, and their residuals with those of the hidden channels, see `withHidden`.
 *
 * @param hidden `[C]` where they stay, NaN for the others
 */
function emitMeasured(graph: GraphBuilder, series: Series, hidden: Float32Array) {
  const isHidden = isStill(graph, hidden)
  const place = placeOf(graph, hidden)
  const asDouble = graph.node('Cast', [place], { to: TYPES.double })
  const readings = lagged(graph, series.held, series, 0)
  const squared = graph.node('Mul', [readings, readings])
  return {
    series: {
      ...series,
      scaled: graph.node('Where', [isHidden, place, series.scaled]),
      held: graph.node('Where', [isHidden, asDouble, series.held]),
    },
    complete: (inside: GraphBuilder, residual: string) => inside.node('Where', [isHidden, squared, residual]),
  }
}

/** The rows that are smoothed, `[batch, rows, several + C]`, see `memberRows`; the first `several` at every scale. */
function emitRows(
  graph: GraphBuilder,
  { detectors, powers, standard, hidden }: Parts,
  series: Series,
  filled: string,
) {
  const measured = hidden && emitMeasured(graph.within('measured'), series, hidden.channels)
  const members = detectors.map((detector, m) => {
    const state = detector.state()
    const inside = graph.within(`member${m}_${state.kind.replace('detector:', '')}`)
    const residual =
      measured && hidden.from[m]
        ? measured.complete(inside, DETECTOR_EMITTERS[state.kind](inside, measured.series, state))
        : DETECTOR_EMITTERS[state.kind](inside, series, state)
    return emitPower(inside, residual, powers[m])
  })
  if (standard.still) members.push(emitMoved(graph.within('still'), filled, series, standard.still.values))
  const inside = graph.within('rows')
  const { switches } = standard
  const counts = switches && isNoSwitch(inside, switches)
  const means = members.map(part =>
    inside.node('ReduceMean', [counts ? inside.node('Mul', [part, counts]) : part], OVER_COLUMNS),
  )
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

/** Of the last sample, the readings in the run of equal ones that it is part of, `[batch, 1, C]`, see `watchRuns`; 0 where it does not count. */
function emitRuns(
  graph: GraphBuilder,
  scaled: string,
  whole: string,
  samples: number,
  memory: number,
): string {
  const from = samples - memory
  const before = slice(graph.within('before'), scaled, 1, from, samples - 1)
  const after = slice(graph.within('after'), scaled, 1, from + 1, samples)
  const isRepeat = graph.node('And', [
    graph.node('Equal', [before, after]),
    slice(graph.within('there'), whole, 1, from, samples - 1),
  ])
  const repeats = graph.node('Cast', [isRepeat], { to: TYPES.double })
  const axis = graph.constant('axis', BigInt64Array.of(1n), [])
  const changes = graph.node('Cast', [graph.node('Not', [isRepeat])], { to: TYPES.double })
  const changesAfter = graph.node('CumSum', [changes, axis], { reverse: 1 })
  const isLast = graph.node('Less', [changesAfter, graph.double('half', 0.5)])
  const axes = graph.integers('axes', [1])
  const sum = (of: string) => graph.node('ReduceSum', [of, axes], { keepdims: 1 })
  const inRun = sum(graph.node('Cast', [isLast], { to: TYPES.double }))
  const others = graph.node('Sub', [sum(repeats), inRun])
  const run = graph.node('Add', [inRun, graph.double('first', 1)])
  const most = graph.node('Mul', [others, graph.double('times', RUN_OVER_OTHERS)])
  return graph.node('Where', [graph.node('Greater', [run, most]), run, graph.double('nothing', 0)])
}

/** How many times the usual score the recent ones were, `[batch, 1, 1]`, see `watchBaseline`. @param count of the rows */
function emitBaseline(
  graph: GraphBuilder,
  rows: string,
  there: string,
  count: number,
  { usual, exponent, baseline }: Parts['standard'],
): string | undefined {
  if (baseline === undefined) return undefined
  const { samples, of, usual: usualLog } = baseline
  const weights = singleWeights(usual, exponent)
  const last = (of: string, name: string) => slice(graph.within(name), of, 1, count - samples, count)
  const members = slice(graph.within('members'), last(rows, 'rows'), 2, 0, weights.length)
  const logs = graph.node('Log', [graph.node('Add', [members, graph.double('least', LEAST_SCORE)])])
  const weighed = graph.node('MatMul', [
    logs,
    graph.constant('weights', Float64Array.from(weights), [weights.length, 1]),
  ])
  const above = graph.node('Sub', [weighed, graph.double('usual', usualLog)])
  const held = graph.node('Clip', [
    above,
    graph.double('lowest', -LARGEST_LOG),
    graph.double('largest', LARGEST_LOG),
  ])
  const known = graph.node('Mul', [held, last(there, 'there')])
  const sum = graph.node('ReduceSum', [known, graph.integers('axes', [1])], { keepdims: 1 })
  const learnt = graph.node('Mul', [sum, graph.double('learnt', LEARNT / of)])
  const level = graph.node('Max', [learnt, graph.double('none', 0)])
  return graph.node('Exp', [level])
}

/** Weighted means over the last rows, of those that are there, at each scale: `[batch, scales, columns]`. @param count of the rows */
function emitSmoothing(
  graph: GraphBuilder,
  rows: string,
  there: string,
  count: number,
  scales: readonly number[],
): string {
  const kernels = scales.map(kernelWeights)
  const reach = Math.max(...kernels.map(({ length }) => length))
  const last = (of: string, name: string) => slice(graph.within(name), of, 1, count - reach, count)
  const near = last(there, 'there')
  const weights = new Float64Array(scales.length * reach)
  kernels.forEach((kernel, k) => {
    weights.set(kernel, (k + 1) * reach - kernel.length)
  })
  const matrix = graph.constant('weights', weights, [scales.length, reach])
  const sums = graph.node('MatMul', [matrix, graph.node('Mul', [last(rows, 'rows'), near])])
  return graph.node('Div', [sums, graph.node('MatMul', [matrix, near])])
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
