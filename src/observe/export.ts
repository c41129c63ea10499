import { csvCell } from '../core/safe-text.js'
import { METRICS } from './catalogue.js'
import { BUCKET_BOUNDS } from './histogram.js'
import type { MetricFamily } from './metrics.js'

/** Content type of `prometheusText`. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

type Families = readonly MetricFamily[]

/** Metrics in the text format of Prometheus, written by its client library. Cost: milliseconds for thousands of series. */
export async function prometheusText(families: Families): Promise<string> {
  if (families.length === 0) return ''
  // Loaded only where it is needed: a run without this output does not wait for it.
  const { AggregatorRegistry } = (await import('prom-client')).default
  const metrics = families.map(({ name, series }) => ({
    ...METRICS[name],
    name,
    aggregator: 'first',
    values: series.flatMap(({ labels, value, summary }) =>
      summary === undefined
        ? [{ labels, value: value ?? 0, metricName: name }]
        : [
            ...summary.buckets.map((count, b) => ({
              labels: { le: BUCKET_BOUNDS[b], ...labels },
              value: count,
              metricName: `${name}_bucket`,
            })),
            { labels: { le: '+Inf', ...labels }, value: summary.count, metricName: `${name}_bucket` },
            { labels, value: summary.sum, metricName: `${name}_sum` },
            { labels, value: summary.count, metricName: `${name}_count` },
          ],
    ),
  }))
  return `${await AggregatorRegistry.aggregate([metrics]).metrics()}\n`
}

/** Metrics as CSV: metric, labels, field (`value`, or a figure of a histogram) and value. */
export function csvText(families: Families): string {
  const rows = families.flatMap(({ name, series }) =>
    series.flatMap(({ labels, value, summary }) => {
      const label = Object.entries(labels)
        .map(([key, text]) => `${key}=${text}`)
        .join(';')
      const { buckets: _, ...figures } = summary ?? { buckets: [], value: value ?? 0 }
      return Object.entries(figures).map(([field, figure]) => [name, label, field, String(figure)])
    }),
  )
  return [['metric', 'labels', 'field', 'value'], ...rows]
    .map(row => `${row.map(csvCell).join(',')}\n`)
    .join('')
}
