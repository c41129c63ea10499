import type { Sink } from '../emit/index.js'
import type { StreamCounts } from '../live/index.js'
import type { Metrics } from '../observe/index.js'

/** Sets the metrics of a stream from what it has counted: the same numbers as its statistics. */
export function measureStream(
  metrics: Metrics,
  counts: StreamCounts,
  sinks: ReadonlyMap<string, Sink>,
  nowMs: number,
): void {
  const source = 'stream'
  metrics.set('telltale_samples_received_total', counts.received, { source })
  metrics.set('telltale_samples_scored_total', counts.scored)
  metrics.set('telltale_events_total', counts.events, { kind: 'anomaly' })
  if (counts.drifts > 0) metrics.set('telltale_events_total', counts.drifts, { kind: 'drift' })
  metrics.set('telltale_stream_state_entries', counts.devices)
  for (const [reason, count] of [...Object.entries(counts.refused), ...Object.entries(counts.unscored)])
    metrics.set('telltale_samples_dropped_total', count, { source, reason })
  if (counts.samples > 0) metrics.set('telltale_coverage_ratio', counts.scored / counts.samples)
  if (counts.newestMs !== null)
    metrics.observe('telltale_end_to_end_lag_seconds', Math.max(0, nowMs - counts.newestMs) / 1000)
  for (const [name, sink] of sinks)
    metrics.set('telltale_queue_depth', sink.counts().waiting, { source: name })
}
