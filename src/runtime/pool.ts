import { type Transferable, Worker } from 'node:worker_threads'
import { createError } from '../core/errors.js'
import { compiled } from './compiled.js'
import { type ErrorData, errorFromData } from './error-data.js'

/** What a task hears and says while it runs. */
export interface TaskHooks {
  /** Aborts when the caller does: a task that gives the event loop no turn does not hear it, and is ended. */
  readonly signal: AbortSignal
  /** Sends a message to the caller's `onProgress`. */
  progress(message: unknown): void
}

/**
 * The functions of a module of tasks, by name. What goes in and comes out is copied as `structuredClone` does.
 */
export type Tasks = Readonly<Record<string, (payload: never, hooks: TaskHooks) => unknown>>

export interface PoolOptions {
  /** Most workers; they are started when they are first needed and stay. */
  readonly threads: number
  /** Compiled module whose exports are the tasks; a worker imports it once. */
  readonly tasks: URL
  /** Most jobs that wait for a worker; default 1000. */
  readonly mostWaiting?: number
}

export interface RunOptions {
  readonly signal?: AbortSignal
  onProgress?(message: unknown): void
  /** Buffers of the payload that are moved, not copied. */
  readonly transfer?: readonly Transferable[]
}

export interface Pool<T extends Tasks> {
  /**
   * Runs a task on a worker. Jobs begin in the order of the calls.
   *
   * @throws what the task throws, with its code, kind and remedy; `interrupted` when the signal aborts and the task does not end by itself with a result
   * or an error; LimitError `worker-lost` when its worker dies, `limit-queue` when too many jobs wait. All but the first may be tried again
   */
  run<K extends keyof T & string>(
    task: K,
    payload: Parameters<T[K]>[0],
    options?: RunOptions,
  ): Promise<Awaited<ReturnType<T[K]>>>
  /** Ends the workers; jobs that run or wait end with `interrupted`. */
  close(): Promise<void>
}

export type PoolRequest =
  | { readonly run: number; readonly task: string; readonly payload: unknown }
  | { readonly abort: number }
export type PoolReply = { readonly id: number } & (
  | { readonly progress: unknown }
  | { readonly result: unknown }
  | { readonly error: ErrorData }
)

interface Job {
  readonly id: number
  readonly task: string
  readonly payload: unknown
  readonly options: RunOptions
  resolve(result: unknown): void
  reject(error: Error): void
  /** Stops listening to the signal. */
  settle(): void
}

const MOST_WAITING = 1000
/** Time that an aborted task has to end by itself. */
const GRACE_MS = 250

/**
 * Worker threads that take whole jobs off the calling thread. Idle workers do not keep the process alive. A worker that dies, or is ended because it
 * does not hear an abort, is replaced.
 */
export function createPool<T extends Tasks>(options: PoolOptions): Pool<T> {
  const { threads, tasks, mostWaiting = MOST_WAITING } = options
  const waiting: Job[] = []
  const running = new Map<Worker, Job>()
  const idle: Worker[] = []
  let jobs = 0
  let isClosed = false

  function startWorker(): Worker {
    const worker = new Worker(compiled('pool-worker'), { workerData: tasks.href, execArgv: [] })
    let reason = 'it left'
    worker.on('message', (reply: PoolReply) => onReply(worker, reply))
    worker.on('error', error => {
      reason = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => {
      const place = idle.indexOf(worker)
      if (place >= 0) idle.splice(place, 1)
      end(worker)?.reject(createError('worker-lost', { reason }))
      startNext()
    })
    return worker
  }

  /** Takes the job from a worker. */
  function end(worker: Worker): Job | undefined {
    const job = running.get(worker)
    running.delete(worker)
    job?.settle()
    return job
  }

  function onReply(worker: Worker, reply: PoolReply): void {
    const current = running.get(worker)
    if (current?.id !== reply.id) return
    if ('progress' in reply) {
      current.options.onProgress?.(reply.progress)
      return
    }
    end(worker)
    worker.unref()
    idle.push(worker)
    if ('result' in reply) current.resolve(reply.result)
    else current.reject(errorFromData(reply.error))
    startNext()
  }

  function startNext(): void {
    while (!isClosed && waiting.length > 0 && (idle.length > 0 || running.size < threads)) {
      const job = waiting.shift() as Job
      const worker = idle.pop() ?? startWorker()
      running.set(worker, job)
      worker.ref()
      const { id: run, task, payload } = job
      try {
        worker.postMessage({ run, task, payload } satisfies PoolRequest, [...(job.options.transfer ?? [])])
      } catch (error) {
        end(worker)
        worker.unref()
        idle.push(worker)
        job.reject(error as Error)
      }
    }
  }

  function abort(job: Job): void {
    const interrupted = () => createError('interrupted', { what: job.task })
    const place = waiting.indexOf(job)
    if (place >= 0) {
      waiting.splice(place, 1)
      job.settle()
      job.reject(interrupted())
      return
    }
    const worker = [...running].find(([, { id }]) => id === job.id)?.[0]
    worker?.postMessage({ abort: job.id } satisfies PoolRequest)
    setTimeout(() => {
      if (worker === undefined || running.get(worker) !== job) return
      end(worker)
      job.reject(interrupted())
      void worker.terminate()
    }, GRACE_MS)
  }

  return {
    run(task, payload, runOptions = {}) {
      return new Promise((resolve, reject) => {
        const { signal } = runOptions
        const onAbort = () => abort(job)
        const job: Job = {
          id: jobs++,
          task,
          payload,
          options: runOptions,
          resolve: resolve as (result: unknown) => void,
          reject,
          settle: () => signal?.removeEventListener('abort', onAbort),
        }
        if (isClosed || signal?.aborted) return reject(createError('interrupted', { what: task }))
        if (waiting.length >= mostWaiting)
          return reject(createError('limit-queue', { got: waiting.length, wanted: mostWaiting }))
        signal?.addEventListener('abort', onAbort)
        waiting.push(job)
        startNext()
      })
    },
    async close() {
      isClosed = true
      const ended = [...waiting.splice(0), ...running.values()]
      const workers = [...idle.splice(0), ...running.keys()]
      running.clear()
      for (const job of ended) {
        job.settle()
        job.reject(createError('interrupted', { what: job.task }))
      }
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}
