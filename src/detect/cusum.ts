import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import type { State } from '../core/state.js'
import type { CrossFitted } from './cross-fit.js'
import { fitRunning, type RunningModel, runningDetector, stored, wholeRows } from './running.js'

export interface CusumOptions {
  /** Half of the shift to be found, in standard deviations: deviations below it do not add up. */
  readonly slack: number
  /**
   * Largest sum, in standard deviations: after a fault it takes this divided by the slack samples to forget. Twice what the training part reaches, where
   * that is more: a sum that normal data reach must not be the largest there is.
   */
  readonly largest: number
}

/** Samples of a window, at most. */
const LONGEST_WINDOW = 1000

/**
 * Two-sided cumulative sum chart: U_t = max(0, U_{t-1} + z_t - k), L_t = max(0, L_{t-1} - z_t - k), the error is the larger of both. Sees
 * the smallest lasting shifts of all the baselines. Sums are held to `largest`, so that one fault does not alarm for ever. Causal; memory
 * without end. Expects the mean of the history, 0. A window is as long as the largest sum takes to be forgotten, at most 1000 samples. Cost O(N C). Source: Page, Biometrika 41 (1954); Montgomery, Introduction to Statistical Quality Control, eq. 9.2-9.3.
 */
export function cusum(options: CusumOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const { slack } = options
      const largest = Math.max(options.largest, 2 * largestSum(wholeRows(train), slack, channels))
      return fitRunning(cusumModel({ slack, largest }, channels), train, context)
    },
  }
}

/** Largest sum of any channel over these samples, when nothing holds it. */
function largestSum(rows: readonly Float32Array[], slack: number, channels: number): number {
  const { step } = cusumModel({ slack, largest: Number.POSITIVE_INFINITY }, channels).start()
  const sums = new Float64Array(channels)
  return rows.reduce((largest, row) => {
    step(row, Number.NaN, sums)
    return sums.reduce((a, b) => Math.max(a, b), largest)
  }, 0)
}

/** Restores a saved chart. */
export function loadCusum(state: State): FittedDetector {
  const usual = stored(state, 'usualError')
  const { slack, largest } = state.options as { slack: number; largest: number }
  return runningDetector(cusumModel({ slack, largest }, usual.length), usual)
}

function cusumModel({ slack, largest }: CusumOptions, channels: number): RunningModel {
  const add = (sum: number, z: number) => Math.min(largest, Math.max(0, sum + z - slack))
  return {
    contextLength: Number.POSITIVE_INFINITY,
    windowLength: Math.max(1, Math.min(LONGEST_WINDOW, Math.ceil(largest / slack))),
    start() {
      const upper = new Float64Array(channels)
      const lower = new Float64Array(channels)
      return {
        memory: { upper, lower },
        step(row, _time, out, expected) {
          for (let c = 0; c < channels; c++) {
            upper[c] = add(upper[c], row[c])
            lower[c] = add(lower[c], -row[c])
            out[c] = Math.max(upper[c], lower[c])
          }
          expected?.fill(0)
        },
      }
    },
    state: () => ({ kind: 'detector:cusum', version: 1, options: { slack, largest }, arrays: {} }),
  }
}
