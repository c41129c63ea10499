import { Worker } from 'node:worker_threads'
import { createError } from '../core/errors.js'
import { compiled } from './compiled.js'
import type { Work } from './jobs.js'
import type { Pace } from './pace.js'
import { awaitOpen, createTickets, handOut, MAX_THREADS, type TicketCounter, workOff } from './tickets.js'

/** What a helper thread is started with. */
export interface HelperData {
  /** Module that exports `WORK`. */
  readonly module: string
  readonly thread: number
  /** [0] changes when there is something to do. */
  readonly signal: Int32Array
}

export type HelperMessage =
  | {
      readonly open: number
      readonly kind: string
      readonly description: unknown
      readonly counter: TicketCounter
    }
  | { readonly close: number }

/** Work that the calling thread shares with helpers. */
export interface SharedWork {
  /**
   * Has `count` tickets done. Waits only for those that a helper has taken.
   *
   * @param pace decides whether helpers are asked; without it they are
   * @throws LimitError `worker-lost` when a helper does not end the ticket that it has taken
   */
  run(count: number, pace?: Pace): void
  close(): void
}

/** How long a helper may take for one ticket. */
const STUCK_AFTER_MS = 120_000

/**
 * Threads that help the calling one. They are started when they are first needed, stay for the next work, and do not keep the process alive. One that
 * dies is replaced by a new one for the next work; what it had taken is done by the calling thread.
 *
 * @param module URL of a compiled module that exports `WORK`, by kind
 */
export function createTeam(module: URL, stuckAfterMs = STUCK_AFTER_MS) {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const helpers: (Worker | undefined)[] = []
  let opened = 0

  function helper(thread: number): Worker {
    const worker = helpers[thread] ?? startHelper({ module: module.href, thread, signal }, forget)
    helpers[thread] = worker
    return worker
  }

  function forget(worker: Worker): void {
    const thread = helpers.indexOf(worker)
    if (thread >= 0) helpers[thread] = undefined
  }

  function wake(): void {
    Atomics.add(signal, 0, 1)
    Atomics.notify(signal, 0)
  }

  function dismiss(): void {
    for (const worker of helpers.splice(0)) void worker?.terminate()
  }

  return {
    /**
     * @param own the work on the calling thread
     * @param description of the same work, for `WORK[kind]` of the helpers; numbers that change lie in shared memory
     * @param threads at most 8, the calling one included
     */
    open(kind: string, description: unknown, own: Work, threads: number): SharedWork {
      const id = opened++
      const counter = createTickets()
      const team = Array.from({ length: Math.min(threads, MAX_THREADS) - 1 }, (_, t) => helper(t + 1))
      const tell = (message: HelperMessage) => {
        for (const worker of team) worker.postMessage(message)
        wake()
      }
      tell({ open: id, kind, description, counter })
      return {
        run(count, pace) {
          const timer = pace?.begin()
          if (timer?.alone) {
            for (let ticket = 0; ticket < count; ticket++) own.work(ticket)
          } else {
            handOut(counter, count)
            if (count > 1) wake()
            workOff(counter, own.work)
            if (!awaitOpen(counter, own.work, stuckAfterMs)) {
              dismiss()
              throw createError('worker-lost', { reason: 'it does not answer' })
            }
          }
          timer?.end(count)
        },
        close() {
          tell({ close: id })
          own.close?.()
        },
      }
    },
    /** Threads that are there. */
    size: () => helpers.filter(worker => worker !== undefined).length,
    /** Ends the threads. */
    dismiss,
  }
}

/** @param onEnd is called with when it has failed or left: a ticket that it had taken is given up, no thread waits for it */
function startHelper(workerData: HelperData, onEnd: (worker: Worker) => void): Worker {
  // Flags of this process may not be for files: `node --input-type=module` would keep the worker from starting.
  const worker = new Worker(compiled('helper'), { workerData, execArgv: [] })
  worker.unref()
  const end = () => onEnd(worker)
  return worker.on('error', end).on('exit', end)
}

export type Team = ReturnType<typeof createTeam>
