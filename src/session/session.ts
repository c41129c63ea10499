import { checkParts, checkShape } from '../core/check-input.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { type StageTimer, untimed } from '../core/stage-timer.js'
import { checkState, nestStates, type State } from '../core/state.js'
import type { Suppressed } from '../events/index.js'
import type { Model } from '../model/index.js'
import type { Adaptation } from '../threshold/index.js'
import type { SessionSettings } from './session-settings.generated.js'
import { type ResolvedSettings, resolveSettings } from './settings.js'
import { openStages } from './stages.js'
import type { Step } from './step.js'

/**
 * Scores one series of one device as its samples come. The only scoring path: files, chunks, fleets, evaluation and streams are loops around it.
 * Pieces of any length give the same scores and events, bit for bit.
 */
export interface Session {
  /**
   * Takes consecutive samples; the channels of the model in any order. Bad data never throw: what cannot be scored has a reason, and what is wrong is
   * in `issues`. A causal session gives a score for each sample at once.
   *
   * @throws OptionError `session-ended` after `finish`
   */
  push(samples: Frame): Step
  /** The series has ended: the samples that waited, the event that was open, and the issues of the whole series. */
  finish(): Step
  /** Where the session is; `openSession` with the same model and settings continues from it, bit for bit. */
  state(): State
  /** How the level has followed the scores so far; null when it does not adapt. */
  adaptation(): Adaptation | null
  /** Flagged samples so far that opened no event because of maintenance or the cool-down. */
  suppressed(): Suppressed
  /** No event that is still to come has a sample before this one, counted from the first of the series. */
  settled(): number
}

const KIND = 'session'
const VERSION = 1

/**
 * Opens a session: a series that begins, or one that continues.
 *
 * Memory: a few kB to tens of kB beside the model, which sessions share. Cost per sample: that of the detector.
 *
 * @param settings what differs from the training; `resolveSettings` prepares them once for many sessions
 * @param from `state()` of a session of the same model with the same settings
 * @param time times the stages of each push; it changes no result
 * @throws OptionError for settings that contradict each other; ArtefactError `alignment-missing`, `state-unfit`
 */
export function openSession(
  model: Model,
  settings: SessionSettings | ResolvedSettings = {},
  from?: State,
  time: StageTimer = untimed,
): Session {
  checkParts(settings, [], 'settings', 'the session')
  const resolved = 'key' in settings ? settings : resolveSettings(model, settings)
  let timeKind = from && checkFrom(from, resolved)
  let stages = timeKind && openStages(resolved, timeKind, time, from)
  let hasEnded = false
  const running = () => {
    if (hasEnded) throw createError('session-ended', {})
  }
  return {
    push(samples) {
      running()
      checkShape(samples, 'the session')
      timeKind ??= samples.timeKind
      stages ??= openStages(resolved, timeKind, time)
      return stages.push(samples)
    },
    finish() {
      running()
      hasEnded = true
      stages ??= openStages(resolved, timeKind ?? resolved.model.info.training.timeKind, time)
      return stages.finish()
    },
    state() {
      running()
      const nested = nestStates(stages?.states() ?? {})
      const options = {
        ...nested.options,
        model: model.info.id,
        settings: resolved.key,
        timeKind: timeKind ?? null,
      }
      return { kind: KIND, version: VERSION, options, arrays: nested.arrays }
    },
    adaptation: () => stages?.adaptation() ?? null,
    suppressed: () => stages?.suppressed() ?? { inMaintenance: 0, inCoolDown: 0 },
    settled: () => stages?.settled() ?? 0,
  }
}

/** Refuses a state of another model or other settings; gives the kind of its times, undefined before its first sample. */
function checkFrom(from: State, { model, key }: ResolvedSettings): Frame['timeKind'] | undefined {
  const { options } = checkState(from, KIND, VERSION)
  const { model: id, settings, timeKind } = options as Record<string, unknown>
  const refuse = (got: string, wanted: string) => createError('state-unfit', { got, wanted })
  if (id !== model.info.id)
    throw refuse(`a session of the model ${String(id).slice(0, 12)}`, `one of ${model.info.id.slice(0, 12)}`)
  if (settings !== key) throw refuse(`a session with the settings ${settings}`, `one with ${key}`)
  return timeKind === 'utc' || timeKind === 'index' ? timeKind : undefined
}
