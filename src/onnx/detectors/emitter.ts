import type { State } from '../../core/state.js'
import { LEAST_ERROR } from '../../detect/index.js'
import { type GraphBuilder, slice } from '../graph.js'

/** The samples that a detector sees. */
export interface Series {
  readonly samples: number
  readonly channels: number
  /** Of the last this many samples the detector gives residuals. */
  readonly rows: number
  /** Scaled readings as telltale has them, float32 `[batch, samples, C]`; no NaN. */
  readonly scaled: string
  /** The same held to the largest reading, float64: what all but networks see. */
  readonly held: string
}

/** Adds what a fitted detector computes, by its state: residuals of the last samples, float64 `[batch, rows, C]`. */
export type DetectorEmitter = (graph: GraphBuilder, series: Series, state: State) => string

/** The residuals of a detector that divides its errors as `localDetector` and `runningDetector` do. */
export function standardised(emitErrors: DetectorEmitter): DetectorEmitter {
  return (graph, series, state) => {
    const divisor = state.arrays.usualError.data.map(error => error + LEAST_ERROR)
    return graph.node('Div', [emitErrors(graph, series, state), doubles(graph, 'usualError', divisor)])
  }
}

/** The readings of the last rows, each `lag` samples before: `[batch, rows, C]`. */
export function lagged(graph: GraphBuilder, x: string, { samples, rows }: Series, lag: number): string {
  return slice(graph.within(`lag${lag}`), x, 1, samples - rows - lag, samples - lag)
}

/** For each of the last rows the readings at these lags, one sample after another: `[batch, rows, lags * C]`. */
export function laggedWindows(
  graph: GraphBuilder,
  x: string,
  series: Series,
  lags: readonly number[],
): string {
  const parts = lags.map(lag => lagged(graph, x, series, lag))
  return parts.length === 1 ? parts[0] : graph.node('Concat', parts, { axis: 2 })
}

/** A constant array in float64. */
export function doubles(
  graph: GraphBuilder,
  name: string,
  data: ArrayLike<number>,
  shape?: readonly number[],
): string {
  return graph.constant(name, Float64Array.from(data), shape)
}

/** x * x. */
export const square = (graph: GraphBuilder, x: string): string => graph.node('Mul', [x, x])

/** The mean over the samples of a window: `[batch, rows, steps * C]` in, sample by sample, `[batch, rows, C]` out. */
export function meanOverSteps(
  graph: GraphBuilder,
  x: string,
  steps: number,
  { rows, channels }: Series,
): string {
  if (steps === 1) return x
  const apart = graph.node('Reshape', [x, graph.integers('shape', [-1, rows, steps, channels])])
  return graph.node('ReduceMean', [apart], { axes: [2], keepdims: 0 })
}

/** `n` numbers from 0 up. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
