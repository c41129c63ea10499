import type { DriftChange } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import type { State } from '../core/state.js'
import { createWatch, hoursOfWeek } from '../drift/index.js'
import { published } from './published-scale.js'
import type { ResolvedSettings } from './settings.js'

/** Watches scores and channels for drift, sample by sample. */
export interface SessionWatch {
  /**
   * @param frame readings as they came, channels in the order of the model
   * @param score `[N]` raw, NaN where not scored
   */
  push(frame: Frame, score: Float32Array): readonly DriftChange[]
  finish(): readonly DriftChange[]
  state(): State
}

/** Undefined when nothing is watched. @param from `state()` of another one with the same settings */
export function openWatch({ watch, fitted }: ResolvedSettings, from?: State): SessionWatch | undefined {
  if (watch === undefined) return undefined
  const { signals, channels, rules } = watch
  const own = createWatch(signals, rules, from)
  const hasSeason = signals.some(({ reference }) => reference.season)
  const values = new Float64Array(signals.length)
  return {
    push(frame, score) {
      const changes: DriftChange[] = []
      const { timeMs, timeKind } = frame
      const hours = hasSeason && timeKind === 'utc' ? hoursOfWeek(timeMs) : undefined
      const width = frame.channels.length
      for (let i = 0; i < sampleCount(frame); i++) {
        for (let s = 0; s < signals.length; s++) {
          const { season } = signals[s].reference
          const value =
            channels[s] < 0 ? published(score[i], fitted.level) : frame.values[i * width + channels[s]]
          values[s] = season && hours ? value - season[hours[i]] : value
        }
        changes.push(...own.push(timeMs[i], values))
      }
      return changes
    },
    finish: own.finish,
    state: own.state,
  }
}
