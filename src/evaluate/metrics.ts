import { averagePrecision } from './auc-pr.js'
import { rankSumShare } from './auc-roc.js'
import { inflatedBestF1 } from './best-f1.js'
import { accuracy, balancedAccuracy, f1, matthews, precision, recall, specificity } from './confusion.js'
import { medianDelay } from './delay.js'
import { compositeF1, eventPrecision, eventRecall } from './event.js'
import { type Measure, measured, undefinedFor } from './measure.js'
import type { MetricInput } from './metric-input.js'
import { nabScore } from './nab.js'
import { inflatedPointAdjustedF1, paKArea, paKF1 } from './pa-k.js'
import { rangePrecision, rangeRecall } from './range.js'
import { ucrHit } from './ucr.js'

export interface Metric {
  readonly name: string
  /** `scores`: needs no threshold. */
  readonly reads: 'scores' | 'flags'
  readonly better: 'higher' | 'lower'
  readonly unit: 'share' | 'correlation' | 'samples' | 'seconds' | 'per day' | 'per 1000 samples' | 'points'
  /** Optimistic; computed only on request. */
  readonly inflated?: true
  measure(input: MetricInput): Measure
}

/**
 * Every metric, in the order of the reports: the primary one first.
 *
 * @example
 * import { METRICS } from 'telltale/evaluate'
 * METRICS[0].name // => 'vus-pr'
 */
export const METRICS = [
  higher('vus-pr', 'scores', input => input.volume().pr),
  higher('vus-roc', 'scores', input => input.volume().roc),
  higher('auc-pr', 'scores', ({ scored }) => averagePrecision(scored)),
  higher('auc-roc', 'scores', ({ scored }) => rankSumShare(scored)),
  higher('ucr-accuracy', 'scores', ucrOfOneEvent),

  higher('event-recall', 'flags', ({ raised, labels }) => eventRecall(raised, labels)),
  higher('event-precision', 'flags', ({ alarms, labels }) => eventPrecision(alarms, labels)),
  lower('false-alarms-per-day', 'per day', input => input.falseAlarms().perDay),
  lower('false-alarms-per-1000', 'per 1000 samples', input => input.falseAlarms().perThousand),
  lower('delay', 'samples', input => medianDelay(input.delays())),
  lower('delay-seconds', 'seconds', delaySeconds),
  higher('composite-f1', 'flags', ({ raised, labels }) => compositeF1(raised, labels)),
  higher('precision', 'flags', input => precision(input.counts())),
  higher('recall', 'flags', input => recall(input.counts())),
  higher('f1', 'flags', input => f1(input.counts())),
  higher('specificity', 'flags', input => specificity(input.counts())),
  higher('accuracy', 'flags', input => accuracy(input.counts())),
  higher('balanced-accuracy', 'flags', input => balancedAccuracy(input.counts())),
  higher('mcc', 'flags', input => matthews(input.counts()), 'correlation'),
  higher('affiliation-precision', 'flags', input => input.affiliation().precision),
  higher('affiliation-recall', 'flags', input => input.affiliation().recall),
  higher('pa-k-f1', 'flags', ({ flags, labels, options }) => paKF1(flags, labels, options.paK)),
  higher('pa-k-area', 'flags', ({ flags, labels }) => paKArea(flags, labels)),
  higher('range-precision', 'flags', ({ flags, labels, options }) =>
    rangePrecision(flags, labels, { bias: options.rangeBias, cardinality: options.rangeCardinality }),
  ),
  higher('range-recall', 'flags', ({ flags, labels, options }) =>
    rangeRecall(flags, labels, {
      alpha: options.rangeAlpha,
      bias: options.rangeBias,
      cardinality: options.rangeCardinality,
    }),
  ),
  higher('nab', 'flags', ({ flags, labels }) => nabScore(flags, labels, 'standard'), 'points'),
  higher('nab-low-fp', 'flags', ({ flags, labels }) => nabScore(flags, labels, 'low-fp'), 'points'),
  higher('nab-low-fn', 'flags', ({ flags, labels }) => nabScore(flags, labels, 'low-fn'), 'points'),

  {
    ...higher('inflated-best-f1', 'scores', ({ scores, labels }) => inflatedBestF1(scores, labels)),
    inflated: true,
  },
  {
    ...higher('inflated-pa-f1', 'flags', ({ flags, labels }) => inflatedPointAdjustedF1(flags, labels)),
    inflated: true,
  },
] as const satisfies readonly Metric[]

export type MetricName = (typeof METRICS)[number]['name']

function higher<Name extends string>(
  name: Name,
  reads: Metric['reads'],
  measure: Metric['measure'],
  unit: Metric['unit'] = 'share',
) {
  return { name, reads, better: 'higher' as const, unit, measure }
}

function lower<Name extends string>(name: Name, unit: Metric['unit'], measure: Metric['measure']) {
  return { name, reads: 'flags' as const, better: 'lower' as const, unit, measure }
}

function ucrOfOneEvent({ scores, labels, events, options }: MetricInput): Measure {
  const count = events().length
  return count > 1
    ? undefinedFor(`it is defined for one labelled event, there are ${count}`)
    : ucrHit(scores, labels, options.ucrTolerance)
}

function delaySeconds({ delays, stepMs }: MetricInput): Measure {
  const delay = medianDelay(delays())
  if (delay.value === null) return delay
  return stepMs > 0
    ? measured((delay.value * stepMs) / 1000)
    : undefinedFor('the time between samples is not known')
}
