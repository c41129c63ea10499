import { type Transferable, Worker } from 'node:worker_threads'
import { createError } from '../core/errors.js'
import { compiled } from './compiled.js'
import { type ErrorData, errorFromData } from './error-data.js'

/** What a task is called with and says while it runs. */
export interface TaskHooks {
  /** Aborts when the caller does: a task that gives the event loop no turn does not receive it, and is ended. */
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
 * does not react to an abort, is replaced.
 */
export function createPool<T extends Tasks>(options: PoolOptions): Pool<T> {
  const pool = new WorkerPool(options)
  return {
    run: (task, payload, runOptions = {}) =>
      new Promise((resolve, reject) => {
        pool.add(task, payload, runOptions, resolve as (result: unknown) => void, reject)
      }),
    close: () => pool.close(),
  }
}

class WorkerPool {
  readonly #options: PoolOptions
  readonly #waiting: Job[] = []
  readonly #running = new Map<Worker, Job>()
  readonly #idle: Worker[] = []
  #jobs = 0
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  add(
    task: string,
    payload: unknown,
    options: RunOptions,
    resolve: Job['resolve'],
    reject: Job['reject'],
  ): void {
    const { mostWaiting = MOST_WAITING } = this.#options
    const { signal } = options
    if (this.#isClosed || signal?.aborted) {
      reject(createError('interrupted', { what: task }))
      return
    }
    if (this.#waiting.length >= mostWaiting) {
      reject(createError('limit-queue', { got: this.#waiting.length, wanted: mostWaiting }))
      return
    }
    const onAbort = () => this.#abort(job)
    const settle = () => signal?.removeEventListener('abort', onAbort)
    const job: Job = { id: this.#jobs++, task, payload, options, resolve, reject, settle }
    signal?.addEventListener('abort', onAbort)
    this.#waiting.push(job)
    this.#startNext()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const ended = [...this.#waiting.splice(0), ...this.#running.values()]
    const workers = [...this.#idle.splice(0), ...this.#running.keys()]
    this.#running.clear()
    for (const job of ended) {
      job.settle()
      job.reject(createError('interrupted', { what: job.task }))
    }
    await Promise.all(workers.map(worker => worker.terminate()))
  }

  #startNext(): void {
    const [waiting, idle] = [this.#waiting, this.#idle]
    while (!this.#isClosed && waiting.length > 0) {
      if (idle.length === 0 && this.#running.size >= this.#options.threads) return
      const job = waiting.shift() as Job
      const worker = idle.pop() ?? this.#startWorker()
      this.#running.set(worker, job)
      worker.ref()
      const { id: run, task, payload, options } = job
      try {
        worker.postMessage({ run, task, payload } satisfies PoolRequest, [...(options.transfer ?? [])])
      } catch (error) {
        this.#end(worker)
        this.#rest(worker)
        job.reject(error as Error)
      }
    }
  }

  #startWorker(): Worker {
    const { tasks } = this.#options
    const worker = new Worker(compiled('pool-worker'), { workerData: tasks.href, execArgv: [] })
    let reason = 'it left'
    worker.on('message', (reply: PoolReply) => this.#hear(worker, reply))
    worker.on('error', error => {
      reason = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => {
      const place = this.#idle.indexOf(worker)
      if (place >= 0) this.#idle.splice(place, 1)
      this.#end(worker)?.reject(createError('worker-lost', { reason }))
      this.#startNext()
    })
    return worker
  }

  /** Takes the job from a worker. */
  #end(worker: Worker): Job | undefined {
    const job = this.#running.get(worker)
    this.#running.delete(worker)
    job?.settle()
    return job
  }

  /** Puts a worker aside until there is another job. */
  #rest(worker: Worker): void {
    worker.unref()
    this.#idle.push(worker)
  }

  #hear(worker: Worker, reply: PoolReply): void {
    const job = this.#running.get(worker)
    if (job?.id !== reply.id) return
    if ('progress' in reply) {
      job.options.onProgress?.(reply.progress)
      return
    }
    this.#end(worker)
    this.#rest(worker)
    if ('result' in reply) job.resolve(reply.result)
    else job.reject(errorFromData(reply.error))
    this.#startNext()
  }

  #abort(job: Job): void {
    const interrupted = () => createError('interrupted', { what: job.task })
    const place = this.#waiting.indexOf(job)
    if (place >= 0) {
      this.#waiting.splice(place, 1)
      job.settle()
      job.reject(interrupted())
      return
    }
    const worker = [...this.#running.keys()].find(one => this.#running.get(one) === job)
    worker?.postMessage({ abort: job.id } satisfies PoolRequest)
    setTimeout(() => {
      if (worker === undefined || this.#running.get(worker) !== job) return
      this.#end(worker)
      job.reject(interrupted())
      void worker.terminate()
    }, GRACE_MS)
  }
}
