import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import type { PublishedColumns } from './published-scale.js'
import { published } from './published-scale.js'
import { openSession } from './session.js'
import type { ResolvedSettings } from './settings.js'

/** Published scores of windows, `[count]`. */
export interface WindowScores extends PublishedColumns {
  /** 1.0 = threshold. */
  readonly score: Float32Array
}

/**
 * The score of the last sample of each of `count` windows, as a session gives it that starts with the window: bit for bit, but many windows of any origin are
 * scored together. Cost: one pass of the detector over each window.
 *
 * @param windows the windows one after the other, `detector.windowLength` samples each, channels of the model in its order, without NaN
 */
export function windowScores(settings: ResolvedSettings, windows: Frame, count: number): WindowScores {
  const { model, fitted, scale, adapt } = settings
  const { detector, scaler, regimes } = model
  const score = new Float32Array(count)
  const isSeparate = detector.contextLength <= detector.windowLength && !regimes && !adapt.adapt
  if (isSeparate) {
    detector.scoreWindows(scaler.transform(windows).values, count, score)
    for (let i = 0; i < count; i++) score[i] = published(score[i], fitted.level)
  } else {
    for (let i = 0; i < count; i++) score[i] = lastScore(settings, windowOf(windows, i, count))
  }
  return { score, ...scale.columns(score) }
}

function windowOf(windows: Frame, i: number, count: number): Frame {
  const length = sampleCount(windows) / count
  const width = windows.channels.length
  return {
    ...windows,
    timeMs: windows.timeMs.subarray(i * length, (i + 1) * length),
    values: windows.values.subarray(i * length * width, (i + 1) * length * width),
  }
}

function lastScore(settings: ResolvedSettings, window: Frame): number {
  const { score } = openSession(settings.model, settings).push(window).scored
  return score[score.length - 1] ?? Number.NaN
}
