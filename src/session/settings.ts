import { checkParts } from '../core/check-input.js'
import type { Alignment, FittedThreshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { parseKnown, refuseWithoutEffect } from '../core/parse-options.js'
import {
  EVENT_SETTING_KEYS,
  type EventRules,
  type EventSettings,
  resolveEventRules,
} from '../events/index.js'
import { type Calibration, checkModel, type Model } from '../model/index.js'
import {
  type AdaptOptions,
  checkThresholdOptions,
  type ExpectedAlarms,
  THRESHOLD_KEYS,
  type ThresholdOptions,
} from '../threshold/index.js'
import {
  channelPolicies,
  type MissingOptions,
  type MissingPolicy,
  sampleMsOf,
  type ValidationLevel,
} from '../validate/index.js'
import { sessionSettings } from './options.js'
import { type PublishedScale, publishedScale } from './published-scale.js'
import type { SessionSettings } from './session-settings.generated.js'
import { expectedAlarmsOf, type ThresholdSetting, thresholdRule } from './threshold-rule.js'
import { type ResolvedWatch, resolveWatch } from './watch-settings.js'

/** The settings that say how the threshold is found; at most one. */
export type ThresholdSettings = Pick<SessionSettings, 'threshold' | 'alignment'> & ThresholdOptions

/** The level in force, and how it was found. */
export interface EffectiveThreshold {
  /** Raw score that becomes 1.0. */
  readonly level: number
  readonly method: string
  /** False alarms to expect, where the settings ask for another threshold or other rules of events than the training. */
  readonly expectedAlarms?: ExpectedAlarms | null
}

/** Settings with every default filled in: shared by all sessions of a model with the same settings. */
export interface ResolvedSettings {
  readonly model: Model
  readonly alignment: Alignment
  readonly calibration: Calibration
  readonly fitted: FittedThreshold & { readonly expectedAlarms?: ExpectedAlarms }
  readonly scale: PublishedScale
  readonly rules: EventRules
  /** `[C]` what rules of channels measure from where the detector does not know better; undefined without such rules. */
  readonly usual: readonly number[] | undefined
  readonly missing: MissingOptions
  readonly policies: readonly MissingPolicy[]
  readonly adapt: AdaptOptions
  readonly stride: number
  readonly batchSize: number | undefined
  readonly expected: boolean
  readonly validationLevel: ValidationLevel
  /** Whether a session makes neither events nor a summary of issues, and watches nothing. */
  readonly onlyScores?: boolean
  /** What is watched for drift. */
  readonly watch: ResolvedWatch | undefined
  /** Names all of these: a saved session continues only with the same ones. */
  readonly key: string
}

/** Settings as a text, in which what JSON leaves out is not the same as what is not given; undefined for what has none. */
function keyOf(settings: SessionSettings): string | undefined {
  try {
    return JSON.stringify(settings, (_, value: unknown) =>
      ['symbol', 'function', 'bigint'].includes(typeof value) ? typeof value : value,
    )
  } catch {
    return undefined
  }
}

/** What was resolved of a model, by its settings: thousands of sessions share one. */
const resolvedOf = new WeakMap<Model, Map<string, ResolvedSettings>>()
/** Settings of one model that are remembered. */
const MOST_REMEMBERED = 8

/**
 * Resolves settings once, for any number of sessions of a model.
 *
 * @throws OptionError for settings that contradict each other or name other channels; ArtefactError `alignment-missing`
 */
export function resolveSettings(model: Model, settings: SessionSettings = {}): ResolvedSettings {
  checkModel(model, 'the session')
  const remembered = resolvedOf.get(model) ?? new Map<string, ResolvedSettings>()
  checkParts(settings, [], 'settings', 'the session')
  const given = keyOf(settings)
  const known = given === undefined ? undefined : remembered.get(given)
  if (known) return known
  parseKnown(sessionSettings, settings, 'the session')
  refuseWithoutEffect(sessionSettings, settings, model.info.kind, true)
  const resolved = resolve(model, settings)
  if (remembered.size >= MOST_REMEMBERED) remembered.clear()
  if (given !== undefined) resolvedOf.set(model, remembered.set(given, resolved))
  return resolved
}

/** The same settings for sessions that only score, such as those that score a few samples again and again. */
export function onlyScores(settings: ResolvedSettings): ResolvedSettings {
  return { ...settings, watch: undefined, onlyScores: true, key: `${settings.key} scores` }
}

function resolve(model: Model, settings: SessionSettings): ResolvedSettings {
  checkThresholdOptions(settings)
  const { info } = model
  const alignment = alignmentOf(model, settings.alignment)
  const calibration = calibrationOf(model, alignment)
  const rules = resolveEventRules(settings, info.settings.events, info.channels)
  const fitted = fittedThreshold(model, settings)
  const missing: MissingOptions = {
    missing: settings.missing ?? info.settings.missing.missing,
    missingByChannel: settings.missingByChannel ?? info.settings.missing.missingByChannel ?? [],
    maxGap: settings.maxGap ?? info.settings.missing.maxGap,
  }
  const adapt: AdaptOptions = {
    adapt: settings.adapt ?? info.settings.adapt.adapt,
    adaptLimit: settings.adaptLimit ?? info.settings.adapt.adaptLimit,
    adaptMemory: settings.adaptMemory ?? info.settings.adapt.adaptMemory,
  }
  const hasRules = Object.keys(rules.channels).length > 0
  const { stride = 1, batchSize, validationLevel = 'moderate', expected = hasRules } = settings
  const watch = resolveWatch(model, calibration, fitted.level, settings)
  const key = JSON.stringify({
    ...{ alignment, level: fitted.level, rules, missing, adapt, stride, expected },
    ...(watch && { watch: watch.key }),
  })
  return {
    model,
    alignment,
    calibration,
    fitted,
    scale: publishedScale(calibration.scores, fitted.level),
    rules,
    usual: hasRules ? usualReadings(model) : undefined,
    missing,
    policies: channelPolicies(info.channels, missing),
    adapt,
    stride,
    batchSize,
    expected: expected || hasRules,
    validationLevel,
    watch,
    key,
  }
}

/** The alignment to score with: the one asked for, else the preferred one, else the one that the model knows. */
export function alignmentOf(
  model: Model,
  asked: Alignment | undefined,
  preferred: Alignment = 'causal',
): Alignment {
  if (asked !== undefined) return asked
  if (model.calibrations[preferred]) return preferred
  return preferred === 'causal' ? 'two-sided' : 'causal'
}

/**
 * How raw scores of an alignment become published ones.
 *
 * @throws ArtefactError `alignment-missing`
 */
export function calibrationOf({ calibrations }: Model, alignment: Alignment): Calibration {
  const calibration = calibrations[alignment]
  if (calibration === undefined)
    throw createError('alignment-missing', {
      known: Object.keys(calibrations).join(', '),
      wanted: alignment,
    })
  return calibration
}

/** The stored threshold, or the one that the settings ask for. */
export function fittedThreshold(
  model: Model,
  settings: SessionSettings,
): FittedThreshold & { readonly expectedAlarms?: ExpectedAlarms } {
  const alignment = alignmentOf(model, settings.alignment)
  const { threshold: stored, scores } = calibrationOf(model, alignment)
  if (asksForThreshold(settings))
    return thresholdRule(settings, thresholdSetting(model, alignment, settings)).fit(scores)
  if (settings.threshold === undefined) return stored
  return { level: stored.level * settings.threshold, state: () => stored.state() }
}

/** The level in force, with the false alarms to expect where they are not those of the training. */
export function effectiveThreshold(
  model: Model,
  settings: SessionSettings,
  fitted = fittedThreshold(model, settings),
): EffectiveThreshold {
  const { level } = fitted
  const method = fitted.state().kind
  const asked = asksForThreshold(settings)
  if (!asked && !EVENT_SETTING_KEYS.some(key => settings[key] !== undefined)) return { level, method }
  // What a stored threshold expects holds for the rules of events that it was found with.
  const expectedAlarms = asked ? fitted.expectedAlarms : undefined
  const alignment = alignmentOf(model, settings.alignment)
  const { scores } = calibrationOf(model, alignment)
  const setting = thresholdSetting(model, alignment, settings)
  return { level, method, expectedAlarms: expectedAlarmsOf({ level, expectedAlarms }, scores, setting) }
}

const asksForThreshold = (settings: SessionSettings) =>
  THRESHOLD_KEYS.some(key => settings[key] !== undefined)

/** What threshold rules need to know about the device of a model; events are made as the settings say, else as trained. */
export function thresholdSetting(
  { info }: Model,
  alignment: Alignment,
  settings: EventSettings = {},
): ThresholdSetting {
  const steps = info.calibration[alignment]?.steps
  return {
    ...(steps && { steps }),
    cadenceMs: info.schema ? sampleMsOf(info.schema) : null,
    events: resolveEventRules(settings, info.settings.events, info.channels),
    window: info.window,
  }
}

/** `[C]` the median of each channel in the history; NaN of a model that does not keep it. */
function usualReadings({ info }: Model): number[] {
  return info.channels.map((_, c) => info.schema?.channels[c].median ?? Number.NaN)
}
