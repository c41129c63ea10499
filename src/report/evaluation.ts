import { counted } from '../core/counted.js'
import type { Frame } from '../core/frame.js'
import type { Evaluation } from '../evaluate/index.js'
import type { Backtest, EvaluatedScores, LeadingMetric, SmallestFaults } from '../pipeline/index.js'
import type { Row } from './rows.js'
import { formatInstant, formatNumber, formatPercent } from './units.js'

/** The leading metrics of the model and the baselines, one row each, with their intervals. */
export function comparisonRows(rows: readonly EvaluatedScores[]): Row[] {
  return rows.map(({ name, evaluation, intervals }) => ({
    scores: name,
    ...Object.fromEntries(
      (Object.keys(intervals) as LeadingMetric[]).map(metric => {
        const interval = intervals[metric]
        const ends = interval ? ` (${formatNumber(interval.low)} to ${formatNumber(interval.high)})` : ''
        return [metric, `${numberOrDash(evaluation.metrics[metric])}${ends}`]
      }),
    ),
  }))
}

/** Every metric of one series: name, value, and the reason when it is undefined. */
export function metricRows({ metrics, reasons }: Evaluation): Row[] {
  return Object.entries(metrics).map(([metric, value]) => ({
    metric,
    value: numberOrDash(value),
    reason: reasons[metric as keyof typeof reasons] ?? null,
  }))
}

/** The basis of the metrics: samples, events, and the confusion matrix at the threshold. */
export function evaluationFacts({ samples, unscored, events, labelledShare, confusion }: Evaluation): string {
  const about = `${counted(samples, 'scored sample')} (${unscored} without a score), ${counted(events, 'labelled event')}, ${formatPercent(labelledShare)} labelled`
  if (confusion === null) return `${about}\n`
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion
  return `${about}\nsamples: ${counted(truePositives, 'true positive')}, ${counted(falsePositives, 'false positive')}, ${counted(falseNegatives, 'false negative')}, ${counted(trueNegatives, 'true negative')}\n`
}

/** One row per threshold of a sweep. */
export function sweepRows(sweep: readonly Evaluation[]): Row[] {
  return sweep.map(({ threshold, metrics }) => ({
    threshold,
    ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, numberOrDash(value)])),
  }))
}

/** A dropout of no size falls to the low end of the range. */
const sizeText = (size: number, unit: string) => (size === 0 ? 'to the low end' : `${size} ${unit}`)

const unitText = (unit: string | undefined) => (unit === undefined ? '' : ` ${unit}`)

/**
 * One row per channel and kind of fault; sizes in spreads of the channel (1.4826 times the median absolute deviation) and in its unit, or in samples;
 * delays in samples.
 *
 * @param units by channel, as far as the table names them
 */
export function smallestFaultRows({ faults }: SmallestFaults, units?: ReadonlyMap<string, string>): Row[] {
  return faults.map(({ channel, kind, unit, smallest, smallestReading, delay, tried }) => ({
    channel,
    fault: kind,
    'smallest found': smallest === null ? 'none' : sizeText(smallest, unit),
    'in the unit of the channel':
      smallestReading === null ? '-' : `${formatNumber(smallestReading, 3)}${unitText(units?.get(channel))}`,
    'delay, samples': numberOrDash(delay),
    'largest tried': tried.length === 0 ? '-' : sizeText(tried[tried.length - 1].size, unit),
    'detected at largest': tried.length === 0 ? '-' : formatPercent(tried[tried.length - 1].found),
  }))
}

/** One row per interval of a backtest, and the total. */
export function backtestRows({ periods, total }: Backtest, timeKind: Frame['timeKind']): Row[] {
  return [...periods, { ...total, trainedRows: null }].map((part, i) => ({
    period: i < periods.length ? String(i + 1) : 'total',
    from: formatInstant(part.from, timeKind),
    to: formatInstant(part.to, timeKind),
    rows: part.end - part.start,
    'trained on': part.trainedRows,
    events: part.events,
    'alarms per day': numberOrDash(part.alarmsPerDay),
    'false alarms': part.falseAlarms,
    found: part.labelledEvents === null ? null : `${part.foundEvents} of ${part.labelledEvents}`,
  }))
}

function numberOrDash(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : formatNumber(value)
}
