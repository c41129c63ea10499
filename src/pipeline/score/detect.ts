import { alignChannels } from '../../core/channels.js'
import {
  type AnomalyEvent,
  type FittedThreshold,
  REASONS,
  type Reason,
  type Scores,
} from '../../core/contracts.js'
import { createError } from '../../core/errors.js'
import { type Frame, sampleCount } from '../../core/frame.js'
import { type Suppressed, searchEvents } from '../../events/index.js'
import type { Model } from '../../model/index.js'
import {
  EVENT_SETTING_KEYS,
  type EventSettings,
  eventRulesOf,
  missingOf,
  type PublishedColumns,
  promiseOf,
  publishedScale,
  regimeLevelling,
  requireValid,
  scorePublisher,
  scoreSegments,
  type ThresholdSetting,
  thresholdRule,
  usualReadings,
} from '../../session/index.js'
import type { Adaptation, AlarmPromise } from '../../threshold/index.js'
import { checkThresholdOptions, THRESHOLD_KEYS, type ThresholdOptions } from '../../threshold/index.js'
import { type Issue, prepareFrame } from '../../validate/index.js'
import type { DetectOptions } from '../settings/detect-options.js'
import { expectationOf } from './alarms.js'

/** What a model says about a series. */
export interface Detection extends PublishedColumns {
  /** The scored samples, channels in the model's order. */
  readonly frame: Frame
  /** `[N]` 1.0 = threshold; NaN where not scored. */
  readonly score: Float32Array
  /** `[N]` 1 where the score is above 1. */
  readonly flag: Uint8Array
  /** Why sample i has no score; empty when it has one. */
  reason(i: number): Reason
  /** `[N * C]` part of each channel: the mean over channels is the score. */
  readonly residual: Float32Array
  readonly events: readonly AnomalyEvent[]
  /** Flagged samples that opened no event because of maintenance or the cool-down. */
  readonly suppressed: Suppressed
  /** How the samples differ from what the history looked like. */
  readonly issues: readonly Issue[]
  /** Raw score that became 1.0, and the kind of rule that set it. */
  readonly threshold: EffectiveThreshold
  /** How the level followed the scores; null when it does not adapt. */
  readonly adaptation: Adaptation | null
}

export interface EffectiveThreshold {
  readonly level: number
  readonly method: string
  /** False alarms to expect, where the options ask for another threshold or other rules of events than the training. */
  readonly promise?: AlarmPromise | null
}

export interface DetectHooks {
  onProgress?(done: number, total: number): void
  readonly signal?: AbortSignal
}

export type DetectSettings = Partial<Omit<DetectOptions, 'model' | 'scores' | 'events'>> & EventSettings
/** At most one of them. */
export type ThresholdSettings = Pick<DetectSettings, 'threshold'> & ThresholdOptions

/**
 * Scores a series with a trained model and joins what is above the threshold into events.
 *
 * @param frame the model's channels in any order, at least one window of samples; missing readings are treated as the options or the training say
 * @throws DataError `data-channels-differ`, `data-missing-value`, `data-bad-cell`, `data-invalid`, `data-too-short`; `interrupted` when the signal aborts
 */
export async function detect(
  model: Model,
  frame: Frame,
  options: DetectSettings = {},
  hooks: DetectHooks = {},
): Promise<Detection> {
  checkThresholdOptions(options)
  const { channels } = model.info
  const rules = eventRulesOf(options, model.info.options, channels)
  const usual = usualReadings(model, rules)
  const { aligned, score, residual, reason, issues } = await rawScores(model, frame, options, hooks)
  const threshold = effectiveThreshold(model, options)
  const publisher = scorePublisher(model, fittedThreshold(model, options), settingOf(model, options), options)
  const flag = publisher.publish({ score, residual }, channels.length)
  const found = searchEvents(aligned, score, flag, residual, rules, usual && expectationOf(aligned, usual))
  const scale = publishedScale(model.calibrationScores, threshold.level)
  return {
    frame: aligned,
    score,
    ...scale.columns(score),
    flag,
    reason: i => REASONS[reason[i]],
    residual,
    events: found.events.map(event => ({ ...event, pValue: scale.pValue(event.score) })),
    suppressed: found.suppressed,
    issues,
    threshold,
    adaptation: publisher.adaptation(),
  }
}

/** Scores before any threshold, in units of the regime that each sample is in; errors as for `detect`. */
export async function rawScores(
  model: Model,
  frame: Frame,
  options: DetectSettings,
  hooks: DetectHooks,
): Promise<Scores & { readonly aligned: Frame; readonly issues: readonly Issue[] }> {
  const aligned = alignChannels(frame, model.info.channels)
  const { schema } = model.info
  const fallback = schema?.channels.map(({ median }) => median ?? 0)
  const prepared = prepareFrame(aligned, missingOf(options, model.info.options), fallback)
  const issues = schema
    ? requireValid(aligned, 'detection', options.validationLevel ?? 'moderate', { schema })
    : []
  const n = sampleCount(aligned)
  const wanted = model.detector.fewestSamples ?? model.detector.contextLength
  if (n < wanted)
    throw createError('data-too-short', { rows: n, purpose: 'detection', wanted, window: wanted })
  const { batchSize, stride } = options
  const scores = await scoreSegments(model.detector, model.scaler.transform(prepared.frame), prepared, {
    batchSize,
    stride,
    ...hooks,
  })
  regimeLevelling(model.regimes)(aligned, scores)
  return { ...scores, aligned, issues }
}

type LevelSettings = ThresholdSettings & EventSettings

/** The stored threshold, or the one that the options ask for. */
export function effectiveThreshold(model: Model, options: LevelSettings): EffectiveThreshold {
  const fitted = fittedThreshold(model, options)
  const { level } = fitted
  const method = fitted.state().kind
  const asked = asksForThreshold(options)
  if (!asked && !EVENT_SETTING_KEYS.some(key => options[key] !== undefined)) return { level, method }
  // What a stored threshold promised holds for the rules of events that it was found with.
  const promise = asked ? fitted.promise : undefined
  return {
    level,
    method,
    promise: promiseOf({ level, promise }, model.calibrationScores, settingOf(model, options)),
  }
}

/** The same with what it was found by. */
export function fittedThreshold(
  model: Model,
  options: LevelSettings,
): FittedThreshold & { readonly promise?: AlarmPromise } {
  if (asksForThreshold(options))
    return thresholdRule(options, settingOf(model, options)).fit(model.calibrationScores)
  const { threshold: stored } = model
  if (options.threshold === undefined) return stored
  return { level: stored.level * options.threshold, state: () => stored.state() }
}

const asksForThreshold = (options: LevelSettings) => THRESHOLD_KEYS.some(key => options[key] !== undefined)

/** What threshold rules need to know about the device of a model; events are made as the options say, else as trained. */
export function settingOf({ info }: Model, options: EventSettings = {}): ThresholdSetting {
  return {
    cadenceMs: info.schema?.cadenceMs ?? null,
    events: eventRulesOf(options, info.options, info.channels),
    window: info.window,
  }
}
