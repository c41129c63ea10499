import { hostname, totalmem } from 'node:os'
import { TelltaleError } from '../core/errors.js'
import { VERSION } from '../core/version.js'
import type { Logger } from './logger.js'
import { createMetrics, type Metrics, NO_METRICS, type Span } from './metrics.js'
import { durationSeconds, type MetricsSettings, slowLimits } from './metrics-options.js'
import { openTelemetry } from './otel.js'
import { watchProcess } from './process.js'
import { type JobFacts, snapshotOf, writeSnapshot } from './snapshot.js'

/** A run that is measured. */
export interface Job {
  readonly metrics: Metrics
  /** The run has ended: writes the last snapshot. Never throws. */
  end(result: { readonly exitCode: number } | { readonly error: unknown }): Promise<void>
}

export interface JobOptions {
  readonly command: string
  readonly settings: MetricsSettings
  readonly log: Pick<Logger, 'warn'>
  /** Milliseconds of a monotonic clock. */
  now(): number
}

const IDLE: Job = { metrics: NO_METRICS, end: async () => {} }
/** Warnings about one slow stage, at most one in this time. */
const WARN_EVERY_MS = 10_000

/**
 * Measures a run when its settings ask for it: metrics, slow stages in the log, spans for OpenTelemetry, and a snapshot that is written again and
 * again, so that another process can read it. Otherwise it does nothing. A snapshot that cannot be written is said once; the run continues.
 *
 * Errors: `package-missing` for OpenTelemetry.
 */
export async function startJob({ command, settings, log, now }: JobOptions): Promise<Job> {
  const { file, slow, otel } = settings
  if (file === undefined && slow.length === 0 && !otel) return IDLE
  const send = otel ? await openTelemetry() : undefined
  const limits = slowLimits(settings)
  const warn = slowWarnings(limits, log, now)
  const metrics: Metrics = createMetrics({
    now,
    onSpan(span) {
      if (span.seconds > limits[span.stage]) {
        metrics.add('telltale_slow_operations_total', 1, { stage: span.stage })
        warn(span)
      }
      send?.(span)
    },
  })
  metrics.set('telltale_build_info', 1, { version: VERSION })
  const watch = watchProcess(metrics)
  const everySeconds = durationSeconds(settings.every)
  const [started, startedAt] = [now(), new Date().toISOString()]
  const facts = (state: JobFacts['state'], exitCode: number | null): JobFacts => ({
    command,
    version: VERSION,
    pid: process.pid,
    host: hostname(),
    startedAt,
    updatedAt: new Date().toISOString(),
    seconds: Math.max(0, now() - started) / 1000,
    state,
    exitCode,
    everySeconds,
    slow: limits,
    totalMemoryBytes: Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()),
  })
  const write = createWriter(log, async (state: JobFacts['state'], exitCode: number | null) => {
    watch.measure()
    if (file !== undefined) await writeSnapshot(file, snapshotOf(facts(state, exitCode), metrics.families()))
  })
  await write('running', null)
  const timer = setInterval(() => void write('running', null), 1000 * everySeconds)
  timer.unref()
  return {
    metrics,
    async end(result) {
      clearInterval(timer)
      const failed = 'error' in result
      if (failed) {
        const { error } = result
        metrics.add('telltale_errors_total', 1, { code: error instanceof TelltaleError ? error.code : 'bug' })
      }
      await write(failed ? 'failed' : 'finished', failed ? null : result.exitCode)
      watch.stop()
    },
  }
}

/** Writings one after the other; the first that fails is logged, later ones are tried in silence. */
function createWriter<Args extends unknown[]>(
  log: JobOptions['log'],
  write: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  let last = Promise.resolve()
  let hasFailed = false
  return (...args) => {
    last = last
      .then(() => write(...args))
      .catch(error => {
        if (!hasFailed) log.warn({ reason: (error as Error).message }, 'the metrics cannot be written')
        hasFailed = true
      })
    return last
  }
}

function slowWarnings(limits: Readonly<Record<string, number>>, log: JobOptions['log'], now: () => number) {
  const warned = new Map<string, { atMs: number; left: number }>()
  return ({ stage, seconds }: Span) => {
    const before = warned.get(stage)
    if (before !== undefined && now() - before.atMs < WARN_EVERY_MS) {
      before.left++
      return
    }
    warned.set(stage, { atMs: now(), left: 0 })
    const more = before?.left ? { notLogged: before.left } : {}
    log.warn(
      { stage, seconds: Number(seconds.toPrecision(3)), limit: limits[stage], ...more },
      'slow operation',
    )
  }
}
