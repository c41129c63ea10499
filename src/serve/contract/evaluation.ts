import { z } from 'zod'
import { instantMs, maybe, slug } from './common.js'
import { detectBody } from './score.js'

const interval = z.strictObject({ fromMs: instantMs, toMs: instantMs })
/** Times that are anomalous: `fromMs` is, `toMs` is not. */
const intervals = z.array(interval).max(100_000)
/** Options of `telltale evaluate` about thresholds and metrics, such as `{"quantile": 0.999, "resamples": 500, "sweep": true}`. */
const options = z.record(z.string().max(50), z.unknown()).default({})

/** A series with its labels: one 0 or 1 for each row, or the intervals that are anomalous. */
export const evaluateBody = detectBody.extend({
  labels: z.array(z.union([z.literal(0), z.literal(1), z.boolean()])).optional(),
  intervals: intervals.optional(),
  options,
})
export type EvaluateBody = z.input<typeof evaluateBody>

/** What a device of a stream raised in a range, against the intervals that were anomalous. Default: the events that feedback confirmed. */
export const deviceEvaluationBody = z.strictObject({
  fromMs: instantMs.optional(),
  toMs: instantMs.optional(),
  intervals: intervals.optional(),
  options,
})

/** An evaluation of a model on an uploaded data set, as a job. */
export const evaluationBody = z.strictObject({
  /** `NAME`, `NAME@VERSION` or `NAME@ALIAS`. */
  model: z.string().min(1).max(200),
  dataset: slug,
  /** Of a fleet. */
  device: z.string().max(500).optional(),
  /** Column of 0 and 1; default: the label column that reading finds, or that of the training. */
  labelColumn: z.string().min(1).max(500).optional(),
  intervals: intervals.optional(),
  options,
})
export type EvaluationBody = z.input<typeof evaluationBody>

const measured = z.object({
  /** Samples with a score: all figures are about these. */
  samples: z.number().int(),
  unscored: z.number().int(),
  /** Labelled events with at least one scored sample. */
  events: z.number().int(),
  labelledShare: z.number(),
  threshold: maybe,
  confusion: z.record(z.string(), z.number()).nullable(),
  /** By name; null = undefined, and `reasons` says why. docs/evaluation.md says what each means. */
  metrics: z.record(z.string(), maybe),
  reasons: z.record(z.string(), z.string()),
})

/** A model, or one of three baselines that cost nothing, on the same samples. */
export const evaluationResult = z.object({
  /** `NAME@VERSION`. */
  model: z.string(),
  rows: z.array(
    z.object({
      name: z.string(),
      evaluation: measured,
      /** 95 % intervals of the metrics to lead with; null where there are too few events, or none were asked for. */
      intervals: z.record(
        z.string(),
        z.object({ low: z.number(), high: z.number(), resamples: z.number().int() }).nullable(),
      ),
    }),
  ),
  /** Of the model, at multiples of the threshold, when `sweep` was asked for. */
  sweep: z.array(measured),
})
export type EvaluationResult = z.output<typeof evaluationResult>
