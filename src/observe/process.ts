import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Metrics } from './metrics.js'

/** Interval at which the delay of the event loop is looked at, ms. */
const RESOLUTION_MS = 20

/** Figures of the process: `measure` sets them, `stop` ends the watching. */
export interface ProcessWatch {
  measure(): void
  stop(): void
}

/**
 * Watches the process: resident memory now and at its highest, processor time, and how late the event loop is. There are no figures of a GPU, because
 * none is used.
 */
export function watchProcess(metrics: Metrics): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  // A sample is the time between two looks; without delay that is the resolution.
  const lag = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS) / 1000
  return {
    measure() {
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
      metrics.set('telltale_peak_memory_bytes', maxRSS * 1024)
      metrics.set('process_resident_memory_bytes', process.memoryUsage.rss())
      metrics.set('process_cpu_seconds_total', (userCPUTime + systemCPUTime) / 1e6)
      metrics.set('process_start_time_seconds', performance.timeOrigin / 1000)
      if (delay.count === 0) return
      metrics.set('nodejs_eventloop_lag_p50_seconds', lag(delay.percentile(50)))
      metrics.set('nodejs_eventloop_lag_p99_seconds', lag(delay.percentile(99)))
      metrics.set('nodejs_eventloop_lag_max_seconds', lag(delay.max))
    },
    stop: () => void delay.disable(),
  }
}
