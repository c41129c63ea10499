import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { breathe } from '../core/pause.js'
import type { State } from '../core/state.js'
import type { CrossFitted } from './cross-fit.js'
import { column, fitRunning, type RunningModel, runningDetector, stored } from './running.js'

export interface RangeRuleOptions {
  /** How far beyond the readings of the training part a reading may go, as a share of their range. */
  readonly margin: number
  /** Limits that are known, by channel, in scaled units; they take the place of what is learnt. */
  readonly limits?: Readonly<Record<string, { readonly low?: number; readonly high?: number }>>
}

/**
 * Range rules: a reading between the limits of its channel has error 0, one outside its squared distance from them, in standard deviations.
 * Limits are given, or the extremes of the training part and a margin. Expected is the
 * reading held to the limits. Causal, context of one sample. Cost O(N C).
 */
export function range({ margin, limits = {} }: RangeRuleOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const low = new Float64Array(channels)
      const high = new Float64Array(channels)
      for (const [c, name] of train.channels.entries()) {
        const values = column(train, c)
        const smallest = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
        const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
        const slack = margin * (largest - smallest)
        low[c] = limits[name]?.low ?? smallest - slack
        high[c] = limits[name]?.high ?? largest + slack
        await breathe(context)
      }
      return fitRunning(rangeModel(low, high), train, context)
    },
  }
}

/** Restores saved limits. */
export function loadRange(state: State): FittedDetector {
  return runningDetector(rangeModel(stored(state, 'low'), stored(state, 'high')), stored(state, 'usualError'))
}

function rangeModel(low: Float64Array, high: Float64Array): RunningModel {
  return {
    contextLength: 1,
    windowLength: 1,
    start: () => ({
      memory: {},
      step(row, _time, out, expected) {
        for (let c = 0; c < row.length; c++) {
          out[c] = Math.max(0, low[c] - row[c], row[c] - high[c]) ** 2
          if (expected) expected[c] = Math.min(high[c], Math.max(low[c], row[c]))
        }
      },
    }),
    state: () => ({
      kind: 'detector:range',
      version: 1,
      options: {},
      arrays: { low: { shape: [low.length], data: low }, high: { shape: [high.length], data: high } },
    }),
  }
}
