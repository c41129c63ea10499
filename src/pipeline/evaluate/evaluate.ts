import { z } from 'zod'
import { asScaled, type Frame, type ScaledFrame, sampleCount } from '../../core/frame.js'
import { parseOptions } from '../../core/parse-options.js'
import { createRandom } from '../../core/random.js'
import { scoreSeries } from '../../detect/index.js'
import {
  type ConfidenceInterval,
  confidenceIntervals,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  intervalsOf,
  type MetricName,
} from '../../evaluate/index.js'
import type { Model } from '../../model/index.js'
import { alignmentOf, expectedReadings, type LoopHooks, type SessionSettings } from '../../session/index.js'
import { medianStepMs } from '../plan/cadence.js'
import { alarmsAt } from '../score/alarms.js'
import { type Detection, detect } from '../score/detect.js'
import { fitBaseline } from '../train/baseline.js'

/** Metrics that get a confidence interval: the ones to lead with. */
export const LEADING_METRICS = ['vus-pr', 'auc-pr', 'event-recall', 'false-alarms-per-day', 'f1'] as const
export type LeadingMetric = (typeof LEADING_METRICS)[number]

/** Labelled events from which on the bootstrap can know how much figures vary. */
export const LEAST_EVENTS = 5
/** Multiples of the threshold at which a sweep looks. */
const SWEEP = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5]
const SWEPT_METRICS = [
  'event-recall',
  'event-precision',
  'false-alarms-per-day',
  'delay',
  'precision',
  'recall',
  'f1',
] as const satisfies readonly MetricName[]

export interface EvaluateModelSettings extends SessionSettings {
  /** Options of the metrics; by default `buffer` is the window of the model. */
  readonly metrics?: Partial<EvaluateOptions>
  /** Series drawn for each confidence interval; 0 = no intervals. */
  readonly resamples: number
  readonly sweep: boolean
  readonly seed: number
}

const ownSettings = z.object({
  metrics: z.looseObject({}).optional(),
  resamples: z.number().int().min(0).max(100_000),
  sweep: z.boolean(),
  seed: z.number().int().min(0).max(0xffffffff),
})

/** The model or a baseline, evaluated on the same samples. */
export interface EvaluatedScores {
  readonly name: 'model' | 'random' | 'absolute z' | 'pca' | 'pca, fitted on the evaluated rows'
  readonly evaluation: Evaluation
  /** 95 % intervals; `null` where the metric is undefined too often, there are fewer than `LEAST_EVENTS`, or none were asked for. */
  readonly intervals: Readonly<Record<LeadingMetric, ConfidenceInterval | null>>
}

export interface ModelEvaluation {
  readonly threshold: Detection['threshold']
  /** The model first. */
  readonly rows: readonly EvaluatedScores[]
  /** Of the model, when a sweep was asked for; `threshold` is in multiples of the one above. */
  readonly sweep: readonly Evaluation[]
}

/**
 * What a model is worth against labels, beside three baselines that cost nothing: random scores, the mean |z| of the channels in the
 * model's scaling, and the distance from the principal components of what the model learnt from. A model that keeps no such components
 * (made before they were kept) is compared with those of the evaluated rows, and the row says so.
 *
 * The delay of two-sided scores counts the later samples that they wait for.
 *
 * Alarms are the events that the model's rules make of flags; rules of channels are for the model alone, as a baseline has no parts of channels.
 * A baseline knows no threshold of its own: it gets the one at which it flags as many samples as the model. Samples that the model did
 * not score are left out of every row. Errors: those of `detect` and of `evaluate`.
 *
 * @param labels `[N]` 0 or 1
 */
export async function evaluateModel(
  model: Model,
  frame: Frame,
  labels: ArrayLike<number>,
  given: EvaluateModelSettings,
  hooks: LoopHooks = {},
): Promise<ModelEvaluation> {
  parseOptions(ownSettings, given, 'the evaluation')
  const { metrics, resamples, sweep, seed, ...settings } = given
  const detection = await detect(model, frame, settings, hooks)
  const stepMs = medianStepMs(frame)
  const input = {
    labels,
    ...(stepMs !== null && { stepMs }),
    options: {
      buffer: Math.min(model.info.window, sampleCount(frame)),
      ...metrics,
    },
  }
  const { residual, sharp } = detection
  const alignment = alignmentOf(model, settings.alignment, 'two-sided')
  const waiting = alignment === 'two-sided' ? model.detector.lookahead : 0
  const hasRules = Object.keys(model.info.settings.events.channels).length > 0
  const parts = hasRules ? { residual, expected: expectedReadings(model, detection) } : undefined
  const rowOf = (
    name: EvaluatedScores['name'],
    scores: ArrayLike<number>,
    threshold: number,
    own?: { readonly parts: typeof parts; readonly sharp: typeof sharp },
  ): EvaluatedScores => {
    hooks.signal?.throwIfAborted()
    const alarms = alarmsAt(model, detection.frame, scores, threshold, own?.parts, own?.sharp)
    const given = { ...input, scores, threshold, alarms }
    const none = Object.fromEntries(LEADING_METRICS.map(metric => [metric, null]))
    return {
      name,
      evaluation: own ? withWaiting(evaluate(given), waiting, stepMs) : evaluate(given),
      // The same seed for every row: all are drawn from the same blocks, so that their intervals can be compared.
      intervals:
        resamples === 0 || intervalsOf(labels).length < LEAST_EVENTS
          ? (none as EvaluatedScores['intervals'])
          : confidenceIntervals(given, LEADING_METRICS, { resamples, level: 0.95 }, createRandom(seed)),
    }
  }
  const flags = detection.flag.reduce((sum, flag) => sum + flag, 0)
  const baselines = await baselineScores(model, detection, seed)
  return {
    threshold: detection.threshold,
    rows: [
      rowOf('model', detection.score, 1, { parts, sharp }),
      ...baselines.map(({ name, scores }) => rowOf(name, scores, thresholdOfCount(scores, flags))),
    ],
    sweep: sweep
      ? SWEEP.map(threshold =>
          withWaiting(
            evaluate({
              ...input,
              scores: detection.score,
              alarms: alarmsAt(model, detection.frame, detection.score, threshold, parts, sharp),
              threshold,
              metrics: SWEPT_METRICS,
            }),
            waiting,
            stepMs,
          ),
        )
      : [],
  }
}

/** Delays with the later samples that a two-sided score waits for. */
function withWaiting(evaluation: Evaluation, waiting: number, stepMs: number | null): Evaluation {
  const { delay, 'delay-seconds': seconds } = evaluation.metrics
  const later = (value: number | null | undefined, by: number) =>
    typeof value === 'number' ? value + by : value
  const metrics = {
    ...evaluation.metrics,
    ...(delay !== undefined && { delay: later(delay, waiting) }),
    ...(seconds !== undefined && { 'delay-seconds': later(seconds, (waiting * (stepMs ?? 0)) / 1000) }),
  }
  return { ...evaluation, metrics }
}

async function baselineScores(model: Model, { frame, score }: Detection, seed: number) {
  const scaled = model.scaler.transform(frame)
  const random = createRandom(seed).fork('baseline')
  const components = model.baseline ?? (await fitBaseline(scaled, { seed }))
  const distance = components && (await scoreSeries(components, held(scaled))).score
  const scoredAlike = (value: (i: number) => number) =>
    Float64Array.from(score, (own, i) => (Number.isNaN(own) ? Number.NaN : value(i)))
  return [
    { name: 'random', scores: scoredAlike(() => random.uniform()) },
    { name: 'absolute z', scores: scoredAlike(i => meanAbsolute(scaled, i)) },
    ...(distance
      ? [
          {
            name: model.baseline ? ('pca' as const) : ('pca, fitted on the evaluated rows' as const),
            scores: scoredAlike(i => distance[i]),
          },
        ]
      : []),
  ] as const
}

/** Missing readings take the last one before them, 0 at the start: a baseline scores every sample that the model scores. */
function held(scaled: ScaledFrame): ScaledFrame {
  const { values, channels } = scaled
  const filled = values.slice()
  for (let i = 0; i < filled.length; i++)
    if (Number.isNaN(filled[i])) filled[i] = i < channels.length ? 0 : filled[i - channels.length]
  return asScaled(scaled, filled)
}

/** Mean size of the readings of a sample that are there. */
function meanAbsolute({ values, channels }: Frame, sample: number): number {
  let sum = 0
  let count = 0
  for (let j = 0; j < channels.length; j++) {
    const value = values[sample * channels.length + j]
    if (Number.isNaN(value)) continue
    sum += Math.abs(value)
    count++
  }
  return sum / count
}

/** A threshold that `count` scores lie above, or fewer when scores are equal. */
function thresholdOfCount(scores: Float64Array, count: number): number {
  const descending = scores
    .filter(score => !Number.isNaN(score))
    .sort()
    .reverse()
  return descending[Math.min(count, descending.length - 1)] ?? 0
}
