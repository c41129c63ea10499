export { type Assessment, assess, type Finding } from './assess.js'
export {
  type CounterName,
  type GaugeName,
  type HistogramName,
  METRICS,
  type MetricName,
} from './catalogue.js'
export { csvText, PROMETHEUS_TYPE, prometheusText } from './export.js'
export { type Job, startJob } from './job.js'
export { createLogger, type Logger, type LogStreams } from './logger.js'
export {
  createMetrics,
  type Labels,
  type MetricFamily,
  type Metrics,
  type MetricsOptions,
  NO_METRICS,
  type Series,
  type Span,
} from './metrics.js'
export { durationSeconds, metricsOptions } from './metrics-options.js'
export { type LogOptions, logOptions } from './options.js'
export { type ProcessWatch, watchProcess } from './process.js'
export { redact } from './redact.js'
export { checkMetricsFile, readSnapshot, type Snapshot, writeSnapshot } from './snapshot.js'
