import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import type { State } from '../core/state.js'
import type { CrossFitted } from './cross-fit.js'
import { fitRunning, type RunningModel, runningDetector, stored } from './running.js'

export interface EwmaOptions {
  /** Weight of the newest sample, in (0, 1]: 0.2 sees a lasting shift of one standard deviation about ten samples after it begins. */
  readonly weight: number
}

/** A window holds the samples that count at least this share of the newest. */
const LEAST_WEIGHT = 1e-3

/**
 * Exponentially weighted moving average chart: E_t = w z_t + (1 - w) E_{t-1} from E_0 = 0, the error is E_t^2 in units of its variance
 * w / (2 - w) (1 - (1 - w)^2t). Expects the mean of the history, 0. A window is as long as a sample counts 0.1 % of the newest. Sees small lasting shifts. Causal; its memory fades but never ends. Cost O(N C). Source: Roberts,
 * Technometrics 1 (1959); exact variance: Montgomery, Introduction to Statistical Quality Control, eq. 9.25.
 */
export function ewma({ weight }: EwmaOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      return fitRunning(ewmaModel(weight, train.channels.length), train, context)
    },
  }
}

/** Restores a saved chart. */
export function loadEwma(state: State): FittedDetector {
  const usual = stored(state, 'usualError')
  const { weight } = state.options as { weight: number }
  return runningDetector(ewmaModel(weight, usual.length), usual)
}

function ewmaModel(weight: number, channels: number): RunningModel {
  return {
    contextLength: Number.POSITIVE_INFINITY,
    windowLength: weight < 1 ? Math.ceil(Math.log(LEAST_WEIGHT) / Math.log(1 - weight)) : 1,
    start() {
      const average = new Float64Array(channels)
      /** (1 - w)^2t. */
      const faded = Float64Array.of(1)
      return {
        memory: { average, faded },
        step(row, _time, out, expected) {
          faded[0] *= (1 - weight) ** 2
          const variance = (weight / (2 - weight)) * (1 - faded[0])
          for (let c = 0; c < channels; c++) {
            average[c] += weight * (row[c] - average[c])
            out[c] = average[c] ** 2 / variance
          }
          expected?.fill(0)
        },
      }
    },
    state: () => ({ kind: 'detector:ewma', version: 1, options: { weight }, arrays: {} }),
  }
}
