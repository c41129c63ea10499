import type { Frame } from '../core/frame.js'
import { type Model, modelFromState, modelToState } from '../model/index.js'
import { createPool, type Pool, type RunOptions } from '../runtime/index.js'
import type { LoopHooks, SessionSettings } from '../session/index.js'
import type { Detection } from './score/detect.js'
import type { TrainSettings } from './settings/train-settings.generated.js'
import type * as tasks from './tasks.js'
import type { TrainMessage } from './tasks.js'
import type { HistoryBlocks } from './train/blocks.js'
import type { TrainHooks } from './train/train.js'

/** Trains and scores on worker threads, so that the event loop of the caller stays free. */
export interface WorkerPool {
  /** `trainModel` on a worker. */
  trainModel(history: Frame | HistoryBlocks, options?: TrainSettings, hooks?: TrainHooks): Promise<Model>
  /** `detect` on a worker. */
  detect(model: Model, frame: Frame, settings?: SessionSettings, hooks?: LoopHooks): Promise<Detection>
  /** Ends the workers; jobs that run or wait end with `interrupted`. */
  close(): Promise<void>
}

export interface WorkerPoolOptions {
  /** Jobs that run at the same time, each on a worker of its own. Default 1. */
  readonly threads?: number
  /** Jobs that may wait; more are refused with `limit-queue`. Default 1000. */
  readonly mostWaiting?: number
}

/**
 * Opens a pool of workers. They start with the first jobs, stay for the next, and do not keep the process alive while they are idle. Results are those
 * of `trainModel` and `detect`, bit for bit; histories, models and results are copied between threads.
 *
 * @example
 * import { frameFromColumns, openWorkerPool } from 'telltale'
 * const pool = openWorkerPool()
 * const flow = Array.from({ length: 300 }, (_, i) => 5 + Math.sin(0.2 * i) + 0.01 * ((7 * i) % 13))
 * const model = await pool.trainModel(frameFromColumns({ channels: { flow } }), { window: 20 })
 * await pool.close()
 * model.info.channels // => ['flow']
 */
export function openWorkerPool({ threads = 1, mostWaiting }: WorkerPoolOptions = {}): WorkerPool {
  const pool: Pool<typeof tasks> = createPool({ threads, tasks: tasksModule(), mostWaiting })
  return {
    async trainModel(history, options = {}, { signal, onProgress, onIssues, ...hooks } = {}) {
      const job = { history, options: { workers: 1, ...options }, hooks }
      const hear = (message: unknown) => {
        const told = message as TrainMessage
        if ('progress' in told) onProgress?.(told.progress)
        else onIssues?.(told.issues)
      }
      return modelFromState(await pool.run('train', job, { signal, onProgress: hear }))
    },
    detect(model, frame, settings = {}, { signal, onProgress } = {}) {
      const hear: RunOptions['onProgress'] = message => onProgress?.(...(message as [number, number]))
      const job = { model: stateOf(model), frame, settings, workers: 1 }
      return pool.run('detect', job, { signal, onProgress: hear })
    },
    close: pool.close,
  }
}

const states = new WeakMap<Model, ReturnType<typeof modelToState>>()

/** The model as data, made once. */
function stateOf(model: Model) {
  const known = states.get(model) ?? modelToState(model)
  states.set(model, known)
  return known
}

/** The compiled module of tasks; tests run the sources directly. */
function tasksModule(): URL {
  const here = import.meta.url
  return here.endsWith('.ts') ? new URL('../../dist/pipeline/tasks.js', here) : new URL('./tasks.js', here)
}
