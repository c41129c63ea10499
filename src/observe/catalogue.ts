/** What a metric is: how it is printed, what it means, and the labels that distinguish its series. */
export interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

const counter = (help: string, ...labels: string[]) => ({ type: 'counter', help, labels }) as const
const gauge = (help: string, ...labels: string[]) => ({ type: 'gauge', help, labels }) as const
const histogram = (help: string, ...labels: string[]) => ({ type: 'histogram', help, labels }) as const

/**
 * Every metric, by its name: base units (seconds, bytes, ratios), counters end in `_total`, durations are histograms. A name is never renamed, because
 * dashboards are built on it. No label takes a time, an event or a text from outside; `device` only where a user asks for it.
 */
export const METRICS = {
  telltale_build_info: gauge('1, with the version as a label.', 'version'),
  telltale_model_info: gauge('1, with what is known of the model as labels.', 'model', 'version', 'sha256'),
  telltale_model_age_seconds: gauge('Time since the model was trained.', 'model'),
  telltale_stage_duration_seconds: histogram('Duration of the stages of the work.', 'stage'),
  telltale_stage_errors_total: counter('Stages that ended with an error.', 'stage'),
  telltale_slow_operations_total: counter('Stages that took longer than their limit.', 'stage'),
  telltale_samples_received_total: counter('Samples that were read or received.', 'source'),
  telltale_samples_scored_total: counter('Samples that have a score.', 'model'),
  telltale_samples_dropped_total: counter('Samples and messages without a score.', 'source', 'reason'),
  telltale_coverage_ratio: gauge('Share of the samples that have a score.', 'model'),
  telltale_inference_duration_seconds: histogram('Time to score one push of samples.'),
  telltale_http_request_duration_seconds: histogram(
    'Time from a request to its answer.',
    'method',
    'route',
    'status',
  ),
  telltale_end_to_end_lag_seconds: histogram('Time from a reading to its score.'),
  telltale_score: gauge('Newest score; 1 = threshold.', 'model', 'device'),
  telltale_events_total: counter('Events that opened.', 'model', 'severity', 'kind'),
  telltale_events_open: gauge('Events that are open.', 'model'),
  telltale_live_connections: gauge('WebSockets and streams of server-sent events that are open.'),
  telltale_queue_depth: gauge('Messages that wait.', 'source'),
  telltale_stream_state_entries: gauge('Devices whose state is kept.', 'model'),
  telltale_drift_score: gauge(
    'Distance of a channel from the history, in standard deviations.',
    'model',
    'sensor',
  ),
  telltale_train_epoch: gauge('Epoch that is under way.'),
  telltale_train_loss: gauge('Validation loss of the last epoch.'),
  telltale_cache_requests_total: counter('Look-ups in the cache.', 'kind', 'result'),
  telltale_config_last_reload_successful: gauge('1 when the configuration was read without an error.'),
  telltale_errors_total: counter('Errors by their code.', 'code'),
  telltale_series_dropped_total: counter(
    'Series that were not kept because a metric had too many.',
    'metric',
  ),
  telltale_peak_memory_bytes: gauge('Highest resident memory of the process.'),
  process_resident_memory_bytes: gauge('Resident memory of the process.'),
  process_cpu_seconds_total: counter('Processor time of the process.'),
  process_start_time_seconds: gauge('Start of the process, seconds since 1970.'),
  nodejs_eventloop_lag_p50_seconds: gauge('Median delay of the event loop.'),
  nodejs_eventloop_lag_p99_seconds: gauge('99 % quantile of the delay of the event loop.'),
  nodejs_eventloop_lag_max_seconds: gauge('Longest delay of the event loop.'),
} as const satisfies Readonly<Record<string, MetricEntry>>

export type MetricName = keyof typeof METRICS
type NameOf<Type> = { [K in MetricName]: (typeof METRICS)[K]['type'] extends Type ? K : never }[MetricName]
export type CounterName = NameOf<'counter'>
export type GaugeName = NameOf<'gauge'>
export type HistogramName = NameOf<'histogram'>
