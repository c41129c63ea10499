import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { breathe } from '../core/pause.js'
import type { State } from '../core/state.js'
import { mad, mean, median, standardDeviation } from '../stats/index.js'
import type { CrossFitted } from './cross-fit.js'
import { column, fitRunning, type RunningModel, runningDetector, stored } from './running.js'

export interface DeviationOptions {
  /** `mean` with the standard deviation, or `median` with 1.4826 MAD, which a polluted history does not move. */
  readonly centre: 'mean' | 'median'
}

/** Makes the MAD of a normal sample its standard deviation. */
const NORMAL_MAD = 1.4826

/**
 * The plainest baseline: squared distance of each reading from the centre of its channel, in spreads (z-score or its robust form). A
 * channel that never moved counts in standard units. Causal, context of one sample. Cost O(N C). Source: Iglewicz & Hoaglin 1993.
 */
export function deviation({ centre }: DeviationOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const centres = new Float64Array(train.channels.length)
      const spreads = new Float64Array(train.channels.length)
      for (let c = 0; c < centres.length; c++) {
        const values = column(train, c)
        centres[c] = centre === 'mean' ? mean(values) : median(values)
        await breathe(context)
        const robust = centre === 'median' ? NORMAL_MAD * mad(values) : 0
        spreads[c] = robust || standardDeviation(values) || 1
        await breathe(context)
      }
      return fitRunning(deviationModel(centres, spreads), train, context)
    },
  }
}

/** Restores a saved baseline. */
export function loadDeviation(state: State): FittedDetector {
  const model = deviationModel(stored(state, 'centres'), stored(state, 'spreads'))
  return runningDetector(model, stored(state, 'usualError'))
}

function deviationModel(centres: Float64Array, spreads: Float64Array): RunningModel {
  return {
    contextLength: 1,
    windowLength: 1,
    start: () => ({
      memory: {},
      step(row, _time, out, expected) {
        for (let c = 0; c < row.length; c++) out[c] = ((row[c] - centres[c]) / spreads[c]) ** 2
        expected?.set(centres)
      },
    }),
    state: () => ({
      kind: 'detector:deviation',
      version: 1,
      options: {},
      arrays: {
        centres: { shape: [centres.length], data: centres },
        spreads: { shape: [spreads.length], data: spreads },
      },
    }),
  }
}
