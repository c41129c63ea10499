import { Worker } from 'node:worker_threads'
import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import {
  type Alignment,
  type LoopHooks,
  localRuntime,
  networkResiduals,
  type ResidualOptions,
  type Runtime,
} from '../detect/index.js'
import { type KernelBuild, preferredBuild } from '../kernels/index.js'
import {
  type Architecture,
  createTrainingSession,
  lossShardCount,
  MAX_SHARDS,
  type Network,
  shardsOf,
  sumSlots,
  type TrainingEngine,
} from '../nn/index.js'
import {
  CONTROL,
  CONTROL_LENGTH,
  MODE_GRADIENT,
  MODE_LOSS,
  type SharedLoop,
  waitWhile,
  workOff,
} from './shared-loop.js'

export interface TrainingJob {
  readonly task: 'train'
  readonly architecture: Architecture
  readonly build: KernelBuild
  readonly shared: SharedLoop
}

export interface ScoringJob {
  readonly task: 'score'
  readonly architecture: Architecture
  readonly weights: Float32Array
  readonly series: Float32Array
  readonly out: Float32Array
  readonly options: ResidualOptions & { readonly alignment: Alignment }
  readonly partLength: number
  /** [0] next part, [1] stop, [2] samples done. */
  readonly control: Int32Array
}

/** How long the calling thread waits for another one before it gives up. */
const STUCK_AFTER_MS = 120_000
/** Slice of work between two turns of the event loop. */
const SLICE_MS = 25

/**
 * The runtime of the command line: `workers` threads (this one counts), kernels of the best build this machine runs.
 */
export function createRuntime(workers: number, build: KernelBuild = preferredBuild()): Runtime {
  let last = performance.now()
  const pause = (): Promise<void> | undefined => {
    if (performance.now() - last < SLICE_MS) return undefined
    return new Promise(resolve =>
      setImmediate(() => {
        last = performance.now()
        resolve()
      }),
    )
  }
  const local = localRuntime(build, pause)
  const threads = Math.min(workers, MAX_SHARDS)
  if (threads <= 1) return local
  return {
    build,
    pause,
    engine: async (network, series) => createThreadedEngine(network, series, threads, build),
    residuals(network, weights, series, options, hooks) {
      const samples = series.length / network.inShape.width
      const partLength = scoringPartLength(samples, network.inShape.steps, threads)
      const parts = Math.ceil(samples / partLength)
      if (parts < 2) return local.residuals(network, weights, series, options, hooks)
      return scoreOnThreads(
        network,
        weights,
        series,
        { ...options, build },
        hooks,
        partLength,
        Math.min(threads, parts),
        pause,
      )
    },
  }
}

/**
 * Samples that one thread scores before it asks for more: small enough to share the work evenly, and at least 16 windows, since each part
 * computes the windows across its edges anew.
 */
function scoringPartLength(samples: number, window: number, threads: number): number {
  return Math.max(16 * window, 512, Math.min(4096, Math.ceil(samples / (8 * threads))))
}

/** The next part of a scoring job, or undefined when none is left. */
export function claimPart(job: ScoringJob): Interval | undefined {
  const n = job.series.length / job.architecture.inputShape[1]
  const start = Atomics.add(job.control, 0, 1) * job.partLength
  return start >= n || Atomics.load(job.control, 1)
    ? undefined
    : { start, end: Math.min(n, start + job.partLength) }
}

function createThreadedEngine(
  network: Network,
  series: Float32Array,
  threads: number,
  build: KernelBuild,
): TrainingEngine {
  const n = network.flatLength
  const samples = series.length / network.inShape.width
  const shared: SharedLoop = {
    control: new Int32Array(new SharedArrayBuffer(4 * CONTROL_LENGTH)),
    weights: sharedFloats(n),
    series: sharedCopy(series),
    starts: new Int32Array(new SharedArrayBuffer(4 * samples)),
    slots: sharedFloats(MAX_SHARDS * n),
    losses: new Float64Array(new SharedArrayBuffer(8 * Math.max(MAX_SHARDS, lossShardCount(samples)))),
    step: new Float64Array(new SharedArrayBuffer(16)),
  }
  const { control } = shared
  const session = createTrainingSession(network, shared.series, build)
  const job: TrainingJob = { task: 'train', architecture: network.architecture, build, shared }
  const workers = Array.from({ length: threads - 1 }, () => startWorker(job))
  let version = -1

  const run = (mode: number, starts: Int32Array, shards: number): number => {
    shared.starts.set(starts)
    Atomics.store(control, CONTROL.mode, mode)
    Atomics.store(control, CONTROL.count, starts.length)
    Atomics.store(control, CONTROL.done, 0)
    const base = Atomics.load(control, CONTROL.next)
    Atomics.store(control, CONTROL.base, base)
    Atomics.store(control, CONTROL.limit, base + shards)
    Atomics.notify(control, CONTROL.limit)
    version = workOff(shared, session, version)
    for (;;) {
      const done = Atomics.load(control, CONTROL.done)
      if (Atomics.load(control, CONTROL.failed))
        throw createError('bug', { reason: 'a training thread failed' })
      if (done >= shards) break
      waitWhile(control, CONTROL.done, done, STUCK_AFTER_MS)
      if (Atomics.load(control, CONTROL.done) === done)
        throw createError('bug', { reason: 'a training thread does not answer' })
    }
    let sum = 0
    for (let s = 0; s < shards; s++) sum += shared.losses[s]
    return sum
  }

  return {
    statistics: network.statistics,
    load(weights) {
      shared.weights.set(weights)
      Atomics.add(control, CONTROL.version, 1)
    },
    gradient(starts, out, seed = 0) {
      const shards = shardsOf(starts.length).length
      shared.step[0] = 1 / starts.length
      shared.step[1] = seed
      const loss = run(MODE_GRADIENT, starts, shards)
      sumSlots(out, shared.slots, shards)
      return loss
    },
    loss: starts => run(MODE_LOSS, starts, lossShardCount(starts.length)) / starts.length,
    close() {
      Atomics.store(control, CONTROL.stop, 1)
      // Any change of `limit` wakes the workers; tickets are not handed out any more.
      Atomics.store(control, CONTROL.limit, Atomics.load(control, CONTROL.limit) - 1)
      Atomics.notify(control, CONTROL.limit)
      for (const worker of workers) worker.unref()
    },
  }
}

async function scoreOnThreads(
  network: Network,
  weights: Float32Array,
  series: Float32Array,
  options: ScoringJob['options'],
  { onProgress, signal }: LoopHooks,
  partLength: number,
  threads: number,
  pause: Runtime['pause'],
): Promise<Float32Array> {
  const { width } = network.inShape
  const n = series.length / width
  const control = new Int32Array(new SharedArrayBuffer(12))
  const out = sharedFloats(series.length)
  const job: ScoringJob = {
    task: 'score',
    architecture: network.architecture,
    weights: sharedCopy(weights),
    series: sharedCopy(series),
    out,
    options,
    partLength,
    control,
  }
  const finished = Array.from({ length: threads - 1 }, () => {
    const worker = startWorker(job)
    return new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve())
      worker.once('error', reject)
      worker.once('exit', code =>
        code === 0 ? resolve() : reject(createError('bug', { reason: 'a scoring thread ended' })),
      )
    })
  })
  const report = () => {
    if (signal?.aborted) Atomics.store(control, 1, 1)
    onProgress?.(Atomics.load(control, 2), n)
  }
  for (let part = claimPart(job); part !== undefined; part = claimPart(job)) {
    const target = out.subarray(part.start * width, part.end * width)
    for (const _ of networkResiduals(network, job.weights, job.series, part, options, target)) {
      const turn = pause()
      if (turn) await turn
      report()
      if (signal?.aborted) break
    }
    Atomics.add(control, 2, part.end - part.start)
  }
  await Promise.all(finished)
  report()
  if (signal?.aborted) throw createError('interrupted', { what: 'scoring' })
  return out
}

function startWorker(job: TrainingJob | ScoringJob): Worker {
  // Tests run the sources directly; a worker thread needs the compiled file.
  const here = import.meta.url
  const file = here.endsWith('.ts')
    ? new URL('../../dist/runtime/worker.js', here)
    : new URL('./worker.js', here)
  // Flags of this process may not be for files: `node --input-type=module` would keep the worker from starting.
  const worker = new Worker(file, { workerData: job, execArgv: [] })
  if (job.task === 'train') worker.unref()
  return worker
}

function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length))
}

function sharedCopy(values: Float32Array): Float32Array {
  const copy = sharedFloats(values.length)
  copy.set(values)
  return copy
}
