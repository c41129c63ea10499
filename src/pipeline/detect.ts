import {
  type AnomalyEvent,
  type FittedThreshold,
  REASONS,
  type Reason,
  type Scores,
} from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { findEvents } from '../events/index.js'
import type { Adaptation } from '../threshold/index.js'
import { type Issue, prepareFrame } from '../validate/index.js'
import { eventRulesOf } from './event-rules.js'
import { alignChannels } from './frames.js'
import type { Model } from './model.js'
import {
  checkThresholdOptions,
  type DetectOptions,
  THRESHOLD_KEYS,
  type ThresholdOptions,
} from './options.js'
import { scorePublisher } from './publish.js'
import { regimeLevelling } from './regimes.js'
import { missingOf, requireValid, scoreSegments } from './segments.js'
import { type ThresholdSetting, thresholdRule } from './threshold-rule.js'

/** What a model says about a series. */
export interface Detection {
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
  /** How the samples differ from what the history looked like. */
  readonly issues: readonly Issue[]
  /** Raw score that became 1.0, and the kind of rule that set it. */
  readonly threshold: { readonly level: number; readonly method: string }
  /** How the level followed the scores; null when it does not adapt. */
  readonly adaptation: Adaptation | null
}

export interface DetectHooks {
  onProgress?(done: number, total: number): void
  readonly signal?: AbortSignal
}

export type DetectSettings = Partial<Omit<DetectOptions, 'model' | 'scores' | 'events'>>
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
  const rules = eventRulesOf(options, model.info.options)
  const { aligned, score, residual, reason, issues } = await rawScores(model, frame, options, hooks)
  const threshold = effectiveThreshold(model, options)
  const publisher = scorePublisher(model, fittedThreshold(model, options), settingOf(model, options), options)
  const flag = publisher.publish({ score, residual }, aligned.channels.length)
  const events = findEvents(aligned, score, flag, residual, rules)
  return {
    frame: aligned,
    score,
    flag,
    reason: i => REASONS[reason[i]],
    residual,
    events,
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

/** The stored threshold, or the one that the options ask for. */
export function effectiveThreshold(model: Model, options: LevelSettings): Detection['threshold'] {
  const fitted = fittedThreshold(model, options)
  return { level: fitted.level, method: fitted.state().kind }
}

type LevelSettings = ThresholdSettings & Pick<DetectSettings, 'mergeGap' | 'minLength'>

/** The same with what it was found by. */
export function fittedThreshold(model: Model, options: LevelSettings): FittedThreshold {
  if (THRESHOLD_KEYS.some(key => options[key] !== undefined))
    return thresholdRule(options, settingOf(model, options)).fit(model.calibrationScores)
  const { threshold: stored } = model
  if (options.threshold === undefined) return stored
  return { level: stored.level * options.threshold, state: () => stored.state() }
}

/** What threshold rules need to know about the device of a model; events are made as the options say, else as trained. */
export function settingOf(
  { info }: Model,
  options: Pick<DetectSettings, 'mergeGap' | 'minLength'> = {},
): ThresholdSetting {
  const trained = info.options as { mergeGap: number; minLength: number }
  return {
    cadenceMs: info.schema?.cadenceMs ?? null,
    mergeGap: options.mergeGap ?? trained.mergeGap,
    minLength: options.minLength ?? trained.minLength,
    window: info.window,
  }
}
