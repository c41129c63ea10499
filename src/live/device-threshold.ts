import { checkOptions, checkState, type State, vector } from '../core/state.js'
import type { Model } from '../model/index.js'
import {
  alignmentOf,
  fittedThreshold,
  type SessionSettings,
  withDeviceCalibration,
} from '../session/index.js'

/** How a device that shares a model comes to its own threshold: its first scores are the calibration. */
export interface DeviceThreshold {
  /** Scores that are still to be collected, while no event is raised; 0 once it is found. */
  readonly missing: number
  /** What its session is opened with. */
  readonly model: Model
  readonly settings: SessionSettings
  /** Takes published scores. @returns whether they complete the calibration, so that its session is to start again */
  push(scores: Float32Array): boolean
  state(): State
}

const KIND = 'live:threshold'

/**
 * The threshold of one device of a model, by the rule of the training.
 *
 * @param samples scores that it is found from
 * @param from `state()` of another one of the same model
 */
export function deviceThreshold(
  model: Model,
  settings: SessionSettings,
  samples: number,
  from?: State,
): DeviceThreshold {
  const { id } = model.info
  const collected = new Float32Array(samples)
  let count = 0
  if (from) {
    checkOptions(from, { model: id })
    const { data } = checkState(from, KIND, 1, { scores: null }).arrays.scores
    count = Math.min(samples, data.length)
    collected.set(data.subarray(0, count))
  }
  // A level that follows the scores would no longer say what they were before it.
  const fixed = { ...settings, adapt: false }
  const { level } = fittedThreshold(model, fixed)
  const alignment = alignmentOf(model, settings.alignment)
  const calibrated = () => withDeviceCalibration(model, alignment, collected)
  let own = count === samples ? calibrated() : undefined
  return {
    get missing() {
      return samples - count
    },
    get model() {
      return own ?? model
    },
    get settings() {
      return own ? settings : fixed
    },
    push(scores) {
      if (own) return false
      for (const score of scores)
        if (!Number.isNaN(score) && count < samples) collected[count++] = score * level
      if (count === samples) own = calibrated()
      return own !== undefined
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: { model: id },
      arrays: { scores: vector(collected.slice(0, count)) },
    }),
  }
}

/** Whether a state is that of a threshold of this model. */
export function isThresholdOf({ options }: State, { info }: Model): boolean {
  return (options as { model?: unknown }).model === info.id
}
