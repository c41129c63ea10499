import { z } from 'zod'
import { createError } from '../core/errors.js'
import { readTextFile, writeOutput } from '../files/index.js'
import { METRICS, type MetricName } from './catalogue.js'
import { csvText, prometheusText } from './export.js'
import type { MetricFamily } from './metrics.js'

export const SNAPSHOT_FORMAT = 'telltale-metrics'
const VERSION = 1
const LIMIT_BYTES = 64 * 1024 * 1024

const amount = z.number().nonnegative()
const summary = z.strictObject({
  count: amount,
  sum: amount,
  min: amount,
  max: amount,
  p50: amount,
  p95: amount,
  p99: amount,
  buckets: z.array(amount),
})
const series = z.strictObject({
  labels: z.record(z.string(), z.string()),
  value: z.number().optional(),
  summary: summary.optional(),
})
const job = z.strictObject({
  command: z.string(),
  version: z.string(),
  pid: z.number().int().positive(),
  host: z.string(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** By the monotonic clock, so that a clock that was set back does not matter. */
  seconds: amount,
  state: z.enum(['running', 'finished', 'failed']),
  exitCode: z.number().int().nullable(),
  /** Time between two snapshots. */
  everySeconds: amount,
  /** Limits of stages, seconds. */
  slow: z.record(z.string(), amount),
  totalMemoryBytes: amount,
})
const schema = z.strictObject({
  format: z.literal(SNAPSHOT_FORMAT),
  formatVersion: z.literal(VERSION),
  job,
  metrics: z.array(
    z.strictObject({ name: z.enum(Object.keys(METRICS) as [MetricName]), series: z.array(series) }),
  ),
})

export type JobFacts = Readonly<z.output<typeof job>>

/** What a job is, and its metrics at one moment. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT
  readonly formatVersion: typeof VERSION
  readonly job: JobFacts
  readonly metrics: readonly MetricFamily[]
}

/** Endings of files that hold metrics. */
export const METRICS_ENDINGS = ['.json', '.prom', '.csv'] as const

/** Refuses a file name whose ending says no form. Errors: `option-invalid`. */
export function checkMetricsFile(path: string, name: string): void {
  if (METRICS_ENDINGS.some(ending => path.endsWith(ending))) return
  const wanted = `must end with one of ${METRICS_ENDINGS.join(', ')}`
  throw createError('option-invalid', { name, got: path, where: 'the command line', wanted })
}

/**
 * Writes a snapshot, whole or not at all: `.json` is what `readSnapshot` reads, `.prom` the text format of Prometheus (for the textfile collector), `.csv` a table.
 * Errors: `file-unwritable`.
 */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  const text = path.endsWith('.prom')
    ? await prometheusText(snapshot.metrics)
    : path.endsWith('.csv')
      ? csvText(snapshot.metrics)
      : `${JSON.stringify(snapshot, null, 1)}\n`
  await writeOutput(path, [text])
}

/** A snapshot of a job, from now on. */
export function snapshotOf(facts: JobFacts, metrics: Snapshot['metrics']): Snapshot {
  return { format: SNAPSHOT_FORMAT, formatVersion: VERSION, job: facts, metrics }
}

/** Reads a snapshot that `writeSnapshot` wrote as `.json`. Errors: `snapshot-unreadable`, those of reading a file. */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const text = await readTextFile(path, LIMIT_BYTES)
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw createError('snapshot-unreadable', { file: path, reason: 'it is not JSON' }, cause)
  }
  const result = schema.safeParse(content)
  if (result.success) return result.data
  const [{ path: where, message }] = result.error.issues
  throw createError('snapshot-unreadable', { file: path, reason: `${where.join('.')}: ${message}` })
}
