import { performance } from 'node:perf_hooks'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import type { Metrics } from '../../observe/index.js'
import type { ModelEvaluation } from '../../pipeline/index.js'
import { createPool } from '../../runtime/index.js'
import type { TrustedKey } from '../../store/index.js'
import type { DecodedTable, DecodeJob } from '../tables/decode.js'
import type { EncodeJob } from '../tables/encode.js'
import type * as tasks from './tasks.js'
import type { EvaluationJob, ScoredSeries, SeriesJob } from './tasks.js'

/** What is known of one window. */
export interface WindowScore {
  readonly score: number
  readonly pValue: number
  readonly severity: number
}

/** Scores on worker threads, so that the event loop stays free. */
export interface Scorer {
  /**
   * Scores a window. Windows of one model that wait for a worker, of any requests, are scored together.
   *
   * @param values `[windowLength * C]` without NaN
   * @throws `server-busy` when too many windows wait
   */
  window(path: string, values: Float64Array): Promise<WindowScore>
  /** Scores a series. */
  series(job: Omit<SeriesJob, 'trusted'>, signal?: AbortSignal): Promise<ScoredSeries>
  /** Evaluates a model on a labelled series. */
  evaluation(job: Omit<EvaluationJob, 'trusted'>, signal?: AbortSignal): Promise<ModelEvaluation>
  /** The samples of a table that came as bytes. Errors: `request-unreadable`, `request-too-large`, `request-invalid`, `request-timeout`. */
  decode(job: DecodeJob, signal?: AbortSignal): Promise<DecodedTable>
  /** A table as bytes. */
  encode(job: EncodeJob, signal?: AbortSignal): Promise<Uint8Array>
  /** Windows that were scored, and that wait now. */
  counts(): { readonly windows: number; readonly waiting: number }
  close(): Promise<void>
}

interface Waiting {
  readonly values: Float64Array
  resolve(score: WindowScore): void
  reject(error: unknown): void
}

/** Time to read a table, ms. */
const DECODE_MS = 10_000
/** Series, evaluations and tables that wait at most. */
const MOST_LONG = 200
/** Windows that are scored together at most: more would make the first ones wait. */
const LARGEST_BATCH = 128

export interface ScorerOptions {
  readonly threads: number
  /** Windows that wait for a worker at most. */
  readonly mostWaiting: number
  readonly metrics: Metrics
  /** Public keys, one of which must have signed each model. Default: no signature is needed. */
  readonly trusted?: readonly TrustedKey[]
}

export function createScorer({ threads, mostWaiting, metrics, trusted }: ScorerOptions): Scorer {
  const pool = createPool<typeof tasks>({ threads, tasks: tasksModule(), mostWaiting })
  // What takes long has threads of its own: a window never waits behind a series.
  const long = createPool<typeof tasks>({ threads, tasks: tasksModule(), mostWaiting: MOST_LONG })
  /** Windows that wait, by the model. */
  const queues = new Map<string, Waiting[]>()
  let waiting = 0
  let running = 0
  let windows = 0

  function next(): void {
    while (running < threads && waiting > 0) {
      const [path, queue] = queues.entries().next().value as [string, Waiting[]]
      queues.delete(path)
      const batch = queue.splice(0, LARGEST_BATCH)
      if (queue.length > 0) queues.set(path, queue)
      waiting -= batch.length
      void score(path, batch)
    }
  }

  async function score(path: string, batch: readonly Waiting[]): Promise<void> {
    running++
    const startedMs = performance.now()
    try {
      const size = batch[0].values.length
      const values = new Float64Array(batch.length * size)
      batch.forEach((one, i) => {
        values.set(one.values, i * size)
      })
      const job = { path, values, count: batch.length, trusted }
      const found = await pool.run('windows', job, { transfer: [values.buffer] })
      windows += batch.length
      metrics.observe('telltale_inference_duration_seconds', (performance.now() - startedMs) / 1000)
      batch.forEach(({ resolve }, i) => {
        resolve({ score: found.score[i], pValue: found.pValue[i], severity: found.severity[i] })
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      running--
      next()
    }
  }

  return {
    window(path, values) {
      if (waiting >= mostWaiting)
        return Promise.reject(
          createError('server-busy', { reason: `${counted(waiting, 'window')} wait to be scored` }),
        )
      return new Promise((resolve, reject) => {
        const queue = queues.get(path)
        if (queue) queue.push({ values, resolve, reject })
        else queues.set(path, [{ values, resolve, reject }])
        waiting++
        // Requests that were read in one turn of the event loop are one batch.
        if (waiting === 1) setImmediate(next)
      })
    },
    series: (job, signal) => long.run('series', { ...job, trusted }, { signal }),
    evaluation: (job, signal) => long.run('evaluation', { ...job, trusted }, { signal }),
    async decode(job, signal) {
      // Bytes from outside may make a reader work for ever: its thread is ended then.
      const limit = AbortSignal.timeout(DECODE_MS)
      try {
        return await long.run('decode', job, {
          signal: signal ? AbortSignal.any([signal, limit]) : limit,
        })
      } catch (error) {
        throw limit.aborted
          ? createError('request-timeout', { wanted: `${DECODE_MS} ms to be read` }, error)
          : error
      }
    },
    encode: (job, signal) => long.run('encode', job, { signal }),
    counts: () => ({ windows, waiting }),
    async close() {
      await Promise.all([pool.close(), long.close()])
    },
  }
}

/** The compiled module of tasks; tests run the sources directly. */
function tasksModule(): URL {
  const here = import.meta.url
  return here.endsWith('.ts')
    ? new URL('../../../dist/serve/scoring/tasks.js', here)
    : new URL('./tasks.js', here)
}
