import { describe, expect, it } from 'vitest'
import { measureStream } from '../../src/cli/stream-metrics.js'
import type { Sink } from '../../src/emit/index.js'
import { createMetrics, csvText } from '../../src/observe/index.js'

describe('measureStream', () => {
  it('sets the numbers of the statistics', () => {
    const metrics = createMetrics({ now: () => 0 })
    const counts = {
      received: 10,
      taken: 8,
      refused: { late: 2 },
      badReadings: 0,
      samples: 8,
      scored: 6,
      unscored: { 'warm-up': 2 },
      events: 1,
      drifts: 0,
      devices: 3,
      silent: 0,
      newestMs: 1000,
    }
    const sinks = new Map([['mqtt', { counts: () => ({ waiting: 5, lost: 0 }) } as unknown as Sink]])
    measureStream(metrics, counts, sinks, 3000)
    const rows = csvText(metrics.families()).split('\n')
    for (const row of [
      'telltale_samples_received_total,source=stream,value,10',
      'telltale_samples_scored_total,model=,value,6',
      'telltale_samples_dropped_total,source=stream;reason=late,value,2',
      'telltale_samples_dropped_total,source=stream;reason=warm-up,value,2',
      'telltale_coverage_ratio,model=,value,0.75',
      'telltale_end_to_end_lag_seconds,,max,2',
      'telltale_queue_depth,source=mqtt,value,5',
      'telltale_stream_state_entries,model=,value,3',
    ])
      expect(rows).toContain(row)
  })
})
