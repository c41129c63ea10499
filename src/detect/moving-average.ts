import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { ScaledFrame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { type CrossFitted, eighthOf, type HeldBackScorer, scoreParts, withHeldBack } from './cross-fit.js'
import { type LocalModel, localDetector } from './local.js'
import { stored } from './running.js'
import { clipped, requireWindows, wholeWindows } from './scores.js'

export interface MovingAverageOptions {
  /** Samples before the scored one whose mean it is compared with. */
  readonly window: number
}

/**
 * Moving-average residual: squared difference between a reading and the mean of the `window` readings before it. Sees spikes and steps, and
 * gets used to everything that lasts. Causal; the first `window` samples are warm-up. Cost O(N window C).
 */
export function movingAverage(options: MovingAverageOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const window = Math.min(options.window, eighthOf(train))
      const model = movingAverageModel(window, channels)
      const values = clipped(train.values)
      const whole = wholeWindows(values, channels, window + 1)
      requireWindows(whole.length, 1, window + 1)
      const scorer: HeldBackScorer = (values, errors, pauses) =>
        scoreParts(whole, channels, errors, pauses, (part, out) => model.errors(values, part, out))
      return withHeldBack(train, scorer, usual => localDetector(model, usual), context)
    },
  }
}

/** Restores a saved baseline. */
export function loadMovingAverage(state: State): FittedDetector {
  const usual = stored(state, 'usualError')
  const { window } = state.options as { window: number }
  return localDetector(movingAverageModel(window, usual.length), usual)
}

function movingAverageModel(window: number, channels: number): LocalModel {
  return {
    contextLength: window + 1,
    errors(values, { start, end }, out, expected) {
      for (let i = start, at = 0; i < end; i++) {
        for (let c = 0; c < channels; c++, at++) {
          let sum = 0
          for (let k = i - window; k < i; k++) sum += values[k * channels + c]
          if (expected) expected[at] = sum / window
          out[at] = (values[i * channels + c] - sum / window) ** 2
        }
      }
    },
    state: () => ({ kind: 'detector:moving-average', version: 1, options: { window }, arrays: {} }),
  }
}
