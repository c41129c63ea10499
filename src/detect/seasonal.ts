import type { FitContext, OnlineDetector } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import type { State } from '../core/state.js'
import { quantile } from '../stats/index.js'
import type { CrossFitted } from './cross-fit.js'
import { column, fitRunning, type RunningModel, runningDetector, stored } from './running.js'

export interface SeasonalOptions {
  /** Length of a season in the unit of the times: ms, or samples when the frame has no times. A day is 86,400,000. */
  readonly period: number
  /** Parts that a season is cut into. */
  readonly bins: number
}

/** Fewer training readings in a bin than this: the channel's own quantiles stand in. */
const ENOUGH = 5
/** Smallest half width of a band, standard deviations. */
const LEAST_WIDTH = 0.05

/**
 * Seasonal quantile band: for each part of the season and each channel the median and the 10-90 % range of the training part; the error is
 * the squared distance from the median in half ranges. Knows that nights differ from days. Causal, context of one sample, needs times.
 * Cost O(N C).
 */
export function seasonal({ period, bins }: SeasonalOptions) {
  return {
    async fit(train: Frame, _context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const centres = new Float64Array(bins * channels)
      const widths = new Float64Array(bins * channels)
      const bin = Array.from({ length: sampleCount(train) }, (_, i) => binOf(train.timeMs[i], period, bins))
      for (let c = 0; c < channels; c++) {
        const all = column(train, c)
        for (let b = 0; b < bins; b++) {
          const here = bin.flatMap((at, i) => (at === b ? [train.values[i * channels + c]] : []))
          const known = here.filter(value => !Number.isNaN(value))
          const values = known.length < ENOUGH ? all : known
          centres[b * channels + c] = quantile(values, 0.5)
          widths[b * channels + c] = Math.max(
            LEAST_WIDTH,
            (quantile(values, 0.9) - quantile(values, 0.1)) / 2,
          )
        }
      }
      return fitRunning(seasonalModel({ period, bins }, centres, widths), train)
    },
  }
}

/** Brings a saved band back. */
export function loadSeasonal(state: State): OnlineDetector {
  const { period, bins } = state.options as { period: number; bins: number }
  const model = seasonalModel({ period, bins }, stored(state, 'centres'), stored(state, 'widths'))
  return runningDetector(model, stored(state, 'usualError'))
}

function binOf(timeMs: number, period: number, bins: number): number {
  const phase = (((timeMs % period) + period) % period) / period
  return Math.min(bins - 1, Math.floor(phase * bins))
}

function seasonalModel(
  { period, bins }: SeasonalOptions,
  centres: Float64Array,
  widths: Float64Array,
): RunningModel {
  const shape = [bins, centres.length / bins]
  return {
    contextLength: 1,
    start: () => (row, timeMs, out) => {
      const at = binOf(timeMs, period, bins) * row.length
      for (let c = 0; c < row.length; c++) out[c] = ((row[c] - centres[at + c]) / widths[at + c]) ** 2
    },
    state: () => ({
      kind: 'detector:seasonal',
      version: 1,
      options: { period, bins },
      arrays: { centres: { shape, data: centres }, widths: { shape, data: widths } },
    }),
  }
}
