import { checkParts } from '../core/check-input.js'
import { createError } from '../core/errors.js'
import { similarName } from '../core/nearest.js'
import type { Confusion } from './confusion.js'
import { readLabels } from './labels.js'
import { type Measure, undefinedFor } from './measure.js'
import { type MetricInput, metricInput } from './metric-input.js'
import { METRICS, type Metric, type MetricName } from './metrics.js'
import { type EvaluateOptions, resolveOptions } from './options.js'
import { type Scored, scoredOnly } from './scored.js'

export interface EvaluateInput {
  /** `[N]` higher = more anomalous; NaN = not scored. */
  readonly scores: ArrayLike<number>
  /** `[N]` 0 or 1; `labelsOf` makes them from intervals. */
  readonly labels: ArrayLike<number | boolean>
  /** A score above it is flagged. Without one, only the metrics that need none have a value. */
  readonly threshold?: number
  /**
   * `[N]` 1 where a sample is part of an event by the event rules; event recall and precision, delay and false alarms use it. Default: flagged
   * intervals, those at most `mergeGap` apart being one false alarm.
   */
  readonly alarms?: ArrayLike<number>
  /** Time between samples, ms; default: unknown, and nothing is given per day or in seconds. */
  readonly stepMs?: number
  /** Only these; default: all that are not optimistic. */
  readonly metrics?: readonly MetricName[]
  readonly options?: Partial<EvaluateOptions>
}

/** Metrics of scores against labels. */
export interface Evaluation {
  /** Samples with a score: all figures are about these. */
  readonly samples: number
  readonly unscored: number
  /** Labelled events with at least one scored sample. */
  readonly events: number
  /** Share of the samples that is labelled. */
  readonly labelledShare: number
  readonly threshold: number | null
  readonly confusion: Confusion | null
  /** By name; `null` = undefined. Optimistic metrics are included only on request. */
  readonly metrics: Readonly<Partial<Record<MetricName, number | null>>>
  /** Why a metric is `null`. */
  readonly reasons: Readonly<Partial<Record<MetricName, string>>>
}

/**
 * Every metric of `METRICS` for one series. Samples without a score are counted and left out; an undefined metric is `null` with a reason,
 * never 0.
 *
 * Raises `labels-length`, `labels-value`, `metric-unknown` and `option-invalid`. Cost O(n log n + L^2), for L see `vus`.
 *
 * @example
 * import { evaluate } from 'telltale/evaluate'
 * const scores = [0.1, 0.2, 2, 0.3, 1.4]
 * const { metrics, reasons } = evaluate({ scores, labels: [0, 0, 1, 1, 0], threshold: 1 })
 * metrics.precision // => 0.5
 * reasons['false-alarms-per-day'] // => 'the time between samples is not known'
 */
export function evaluate(input: EvaluateInput): Evaluation {
  checkParts(input, ['scores', 'labels'], 'input', 'the evaluation')
  const { scores, labels, threshold, alarms, stepMs, options } = input
  const settings = resolveOptions(options ?? {})
  const scored = scoredOnly(scores, readLabels(labels, scores.length))
  const flags = flagsAbove(scored.scores, threshold ?? Number.POSITIVE_INFINITY)
  const shared = metricInput(scored, flags, alarms && marksOf(scored, alarms), stepMs ?? Number.NaN, settings)
  const metrics: Partial<Record<MetricName, number | null>> = {}
  const reasons: Partial<Record<MetricName, string>> = {}
  for (const metric of chosenMetrics(input.metrics, settings)) {
    const { value, reason } = measureOf(metric, shared, threshold)
    metrics[metric.name] = value
    if (reason !== undefined) reasons[metric.name] = reason
  }
  return {
    samples: scored.scores.length,
    unscored: scored.unscored,
    events: shared.events().length,
    labelledShare: scored.labels.reduce((sum, label) => sum + label, 0) / Math.max(1, scored.labels.length),
    threshold: threshold ?? null,
    confusion: threshold === undefined ? null : shared.counts(),
    metrics,
    reasons,
  }
}

export type NamedMetric = Metric & { readonly name: MetricName }

/** The metric, undefined where it reads flags and nothing says what is flagged. */
export function measureOf({ reads, measure }: Metric, input: MetricInput, threshold?: number): Measure {
  return reads === 'flags' && threshold === undefined
    ? undefinedFor('no threshold was given')
    : measure(input)
}

/** Those that `names` lists; by default all that are not optimistic. Errors: `metric-unknown`. */
export function chosenMetrics(
  names: readonly MetricName[] | undefined,
  { inflated }: EvaluateOptions,
): NamedMetric[] {
  const list: readonly NamedMetric[] = METRICS
  const unknown = names?.find(name => !list.some(metric => metric.name === name))
  if (unknown !== undefined) {
    const known = list.map(({ name }) => name)
    throw createError('metric-unknown', {
      name: unknown,
      known: known.join(', '),
      nearest: similarName(unknown, known),
    })
  }
  return list.filter(metric => (inflated || !metric.inflated) && (names?.includes(metric.name) ?? true))
}

/** `[n]` 1 where a score is above the threshold. */
export function flagsAbove(scores: Float64Array, threshold: number): Uint8Array {
  const flags = new Uint8Array(scores.length)
  for (let i = 0; i < flags.length; i++) flags[i] = scores[i] > threshold ? 1 : 0
  return flags
}

/** `[n]` marks of the scored samples. @param marks `[N]` */
export function marksOf({ position }: Scored, marks: ArrayLike<number>): Uint8Array {
  const kept = new Uint8Array(position.length)
  for (let i = 0; i < kept.length; i++) kept[i] = marks[position[i]] ? 1 : 0
  return kept
}
