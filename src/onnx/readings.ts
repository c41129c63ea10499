import type { GraphBuilder } from './graph.js'
import { type OnnxValue, TYPES } from './proto.js'

/** `[C]` each: a detector sees a reading x as (x - offset) / spread. */
export interface AffineScaler {
  readonly offset: Float64Array
  readonly spread: Float64Array
}

/** Name of the input of every file. */
export const WINDOW = 'window'

/** What goes in: double, because float32 would lose what a scaler must see: 101325.01 and 101325.012 are the same number there. */
export function windowValue(samples: number, width: number): OnnxValue {
  return {
    name: WINDOW,
    type: 'double',
    shape: ['batch', samples, width],
    description: 'Readings in the units of the history, oldest first; channels as in the metadata.',
  }
}

/** (x - offset) / spread in float64, rounded to float32 as the scalers do. */
export function emitScaler(graph: GraphBuilder, x: string, { offset, spread }: AffineScaler): string {
  const centred = graph.node('Sub', [x, graph.constant('offset', offset)])
  const scaled = graph.node('Div', [centred, graph.constant('spread', spread)])
  return graph.node('Cast', [scaled], { to: TYPES.float })
}

/** What comes out of every file: score, flag and the residual of each channel. */
export function scoreValues(width: number, missing: string): OnnxValue[] {
  return [
    {
      name: 'score',
      type: 'float',
      shape: ['batch'],
      description: `Higher is more anomalous, 1.0 = threshold; NaN when ${missing}.`,
    },
    { name: 'flag', type: 'bool', shape: ['batch'], description: 'Whether the score is above 1.' },
    {
      name: 'residual',
      type: 'float',
      shape: ['batch', width],
      description: 'Normalised error of each channel: the mean over channels is the score.',
    },
  ]
}
