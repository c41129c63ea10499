import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import { breathe } from '../core/pause.js'
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
 * the squared distance from the median in half ranges. Knows that nights differ from days. Causal, context of one sample, needs times; a
 * window has none and is scored by the part of the season in which it is least unusual.
 * Cost O(N C).
 */
export function seasonal({ period, bins }: SeasonalOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const centres = new Float64Array(bins * channels)
      const widths = new Float64Array(bins * channels)
      const samples = samplesOfBins(train.timeMs, period, bins)
      for (let c = 0; c < channels; c++) {
        const all = column(train, c)
        for (let b = 0; b < bins; b++) {
          const here = samples[b].map(i => train.values[i * channels + c])
          const known = here.filter(value => !Number.isNaN(value))
          const values = known.length < ENOUGH ? all : known
          centres[b * channels + c] = quantile(values, 0.5)
          widths[b * channels + c] = Math.max(
            LEAST_WIDTH,
            (quantile(values, 0.9) - quantile(values, 0.1)) / 2,
          )
          await breathe(context)
        }
      }
      return fitRunning(seasonalModel({ period, bins }, centres, widths), train, context)
    },
  }
}

/** Restores a saved band. */
export function loadSeasonal(state: State): FittedDetector {
  const { period, bins } = state.options as { period: number; bins: number }
  const model = seasonalModel({ period, bins }, stored(state, 'centres'), stored(state, 'widths'))
  return runningDetector(model, stored(state, 'usualError'))
}

/** The samples in each part of the season. */
function samplesOfBins(timeMs: Float64Array, period: number, bins: number): number[][] {
  const samples: number[][] = Array.from({ length: bins }, () => [])
  timeMs.forEach((time, i) => {
    samples[binOf(time, period, bins)].push(i)
  })
  return samples
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
  const channels = centres.length / bins
  const shape = [bins, channels]
  const errorOf = (row: Float32Array, b: number, c: number) =>
    ((row[c] - centres[b * channels + c]) / widths[b * channels + c]) ** 2
  /** The part of the season in which a sample without a time is least unusual. */
  const calmest = (row: Float32Array): number => {
    let least = Number.POSITIVE_INFINITY
    let best = 0
    for (let b = 0; b < bins; b++) {
      let sum = 0
      for (let c = 0; c < channels; c++) sum += errorOf(row, b, c)
      if (sum < least) [least, best] = [sum, b]
    }
    return best
  }
  return {
    contextLength: 1,
    windowLength: 1,
    start: () => ({
      memory: {},
      step(row, timeMs, out, expected) {
        const b = Number.isNaN(timeMs) ? calmest(row) : binOf(timeMs, period, bins)
        for (let c = 0; c < channels; c++) out[c] = errorOf(row, b, c)
        expected?.set(centres.subarray(b * channels, (b + 1) * channels))
      },
    }),
    state: () => ({
      kind: 'detector:seasonal',
      version: 1,
      options: { period, bins },
      arrays: { centres: { shape, data: centres }, widths: { shape, data: widths } },
    }),
  }
}
