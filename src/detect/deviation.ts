import type { FitContext, OnlineDetector } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
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
    async fit(train: Frame, _context: FitContext): Promise<CrossFitted> {
      const columns = train.channels.map((_, c) => column(train, c))
      const centres = Float64Array.from(columns, values =>
        centre === 'mean' ? mean(values) : median(values),
      )
      const spreads = Float64Array.from(columns, values => {
        const robust = centre === 'median' ? NORMAL_MAD * mad(values) : 0
        return robust || standardDeviation(values) || 1
      })
      return fitRunning(deviationModel(centres, spreads), train)
    },
  }
}

/** Brings a saved baseline back. */
export function loadDeviation(state: State): OnlineDetector {
  const model = deviationModel(stored(state, 'centres'), stored(state, 'spreads'))
  return runningDetector(model, stored(state, 'usualError'))
}

function deviationModel(centres: Float64Array, spreads: Float64Array): RunningModel {
  return {
    contextLength: 1,
    start: () => (row, _time, out) => {
      for (let c = 0; c < row.length; c++) out[c] = ((row[c] - centres[c]) / spreads[c]) ** 2
    },
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
