import { performance } from 'node:perf_hooks'
import { REASONS } from '../core/contracts.js'
import { VERSION } from '../core/version.js'
import { createMetrics, type Metrics, watchProcess } from '../observe/index.js'
import { modelName } from './keep/records.js'

/** What a server counts for Prometheus. Labels are names of models without version, of streams, and of routes. */
export interface Measures {
  readonly metrics: Metrics
  /** Whether `telltale_score` has a series for each device. */
  readonly withDevices: boolean
  /** Samples and their reasons, by stream and model. */
  readonly samples: SampleCounts
  /** Sets the figures of the process. */
  measureProcess(): void
  close(): Promise<void>
}

/** Samples that streams brought, since the start. */
export interface SampleCounts {
  /** @param reason of each sample, index into `REASONS` @param newestMs time of the last one */
  add(stream: string, model: string, reason: ArrayLike<number>, newestMs: number): void
  /** Samples and those with a score, by model. */
  readonly byModel: ReadonlyMap<string, { readonly samples: number; readonly scored: number }>
  /** Samples without a score, by stream and reason. */
  readonly unscored: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** @param now a clock, ms since the epoch */
export function createMeasures(withDevices: boolean, now: () => number): Measures {
  const metrics = createMetrics({ now: () => performance.now() })
  const watch = watchProcess(metrics)
  metrics.set('telltale_build_info', 1, { version: VERSION })
  return {
    metrics,
    withDevices,
    samples: countSamples(metrics, now),
    measureProcess: watch.measure,
    close: async () => watch.stop(),
  }
}

function countSamples(metrics: Metrics, now: () => number): SampleCounts {
  const byModel = new Map<string, { samples: number; scored: number }>()
  const unscored = new Map<string, Map<string, number>>()
  return {
    byModel,
    unscored,
    add(stream, model, reason, newestMs) {
      const name = modelName(model)
      const counts = byModel.get(name) ?? { samples: 0, scored: 0 }
      byModel.set(name, counts)
      const reasons = unscored.get(stream) ?? new Map<string, number>()
      unscored.set(stream, reasons)
      let scored = 0
      for (let i = 0; i < reason.length; i++) {
        const why = REASONS[reason[i]]
        if (why === '') scored++
        else reasons.set(why, (reasons.get(why) ?? 0) + 1)
      }
      counts.samples += reason.length
      counts.scored += scored
      metrics.add('telltale_samples_scored_total', scored, { model: name })
      metrics.observe('telltale_end_to_end_lag_seconds', Math.max(0, now() - newestMs) / 1000)
    },
  }
}
