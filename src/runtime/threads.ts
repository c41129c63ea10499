import { localRuntime, type Runtime, type TakeOutput, type WindowRange } from '../detect/index.js'
import { type KernelBuild, preferredBuild } from '../kernels/index.js'
import {
  lossShardCount,
  MAX_SHARDS,
  type Network,
  type Predictor,
  shardsOf,
  sumSlots,
  type TrainingEngine,
} from '../nn/index.js'
import { compiled } from './compiled.js'
import {
  CALL,
  GRADIENT,
  LOSS,
  openScoring,
  openTraining,
  type ScoringWork,
  type TrainingWork,
} from './jobs.js'
import { createPace, type Pace } from './pace.js'
import { createPause } from './pause.js'
import { createTeam, type Team } from './team.js'

/** Windows of a ticket of scoring: some milliseconds, so that a thread that is slow delays the others only a little. */
const TICKET_WINDOWS = 64
/** Work that is done before a helper has heard of it. */
const LEAST_SHARED_MS = 4
/** Most tickets whose outputs wait to be taken, and most bytes. */
const MOST_SLOTS = 32
const MOST_SLOT_BYTES = 2 ** 23

let team: Team | undefined

/** The helper threads of this process: training and scoring share them. */
function helpers(): Team {
  team ??= createTeam(compiled('jobs'))
  return team
}

/**
 * Heavy loops on several threads, with kernels of the best build that this machine runs.
 *
 * @param workers threads, the calling one included; 1 = none else. More than 8 change nothing
 */
export function createRuntime(workers: number, build: KernelBuild = preferredBuild()): Runtime {
  const pause = createPause()
  const local = localRuntime(build, pause)
  const threads = Math.min(workers, MAX_SHARDS)
  if (threads <= 1) return local
  return {
    build,
    pause,
    engine: async (network, series) => createThreadedEngine(network, series, threads, build),
    predict(predictor, series, windows, take) {
      const { count, stride } = windows
      const batch = Math.min(TICKET_WINDOWS, windows.batchSize)
      if (count <= 2 * batch) return local.predict(predictor, series, windows, take)
      const started = performance.now()
      local.predict(predictor, series, { count: batch, stride, batchSize: batch }, take)
      const estimatedMs = (performance.now() - started) * (count / batch - 1)
      const rest = series.subarray(batch * stride * predictor.network.inShape.width)
      const remaining = { count: count - batch, stride, batchSize: batch }
      const takeRest: TakeOutput = (first, size, output) => take(first + batch, size, output)
      const slotBytes = 4 * batch * predictor.outputLength
      if (estimatedMs < LEAST_SHARED_MS || threads * slotBytes > MOST_SLOT_BYTES)
        local.predict(predictor, rest, remaining, takeRest)
      else predictTogether(predictor, rest, remaining, takeRest, threads)
    },
  }
}

/** Weights in shared memory under a number, so that helpers know a predictor again. */
const sharedPredictors = new WeakMap<Predictor, Pick<ScoringWork, 'id' | 'weights'>>()
let predictorCount = 0

function predictTogether(
  predictor: Predictor,
  series: Float32Array,
  { count, stride, batchSize: batch }: WindowRange,
  take: TakeOutput,
  threads: number,
): void {
  const { network, build, outputLength } = predictor
  let shared = sharedPredictors.get(predictor)
  if (shared === undefined) {
    shared = { id: predictorCount++, weights: sharedCopy(predictor.weights) }
    sharedPredictors.set(predictor, shared)
  }
  const tickets = Math.ceil(count / batch)
  const slot = batch * outputLength
  const slots = Math.min(tickets, MOST_SLOTS, Math.floor(MOST_SLOT_BYTES / (4 * slot)))
  const samples = (count - 1) * stride + network.span
  const work: ScoringWork = {
    ...shared,
    architecture: network.architecture,
    build,
    series: sharedCopy(series.subarray(0, samples * network.inShape.width)),
    stride,
    batch,
    count,
    slots: sharedFloats(slots * slot),
    first: new Int32Array(new SharedArrayBuffer(4)),
  }
  const job = helpers().open('score', work, openScoring(work, predictor), threads)
  try {
    for (let from = 0; from < tickets; from += slots) {
      work.first[0] = from
      const round = Math.min(slots, tickets - from)
      job.run(round)
      for (let t = 0; t < round; t++) {
        const first = (from + t) * batch
        take(first, Math.min(batch, count - first), work.slots.subarray(t * slot, (t + 1) * slot))
      }
    }
  } finally {
    job.close()
  }
}

function createThreadedEngine(
  network: Network,
  series: Float32Array,
  threads: number,
  build: KernelBuild,
): TrainingEngine {
  const n = network.flatLength
  const samples = series.length / network.inShape.width
  const shared: TrainingWork = {
    architecture: network.architecture,
    build,
    weights: sharedFloats(n),
    series: sharedCopy(series),
    starts: new Int32Array(new SharedArrayBuffer(4 * samples)),
    slots: sharedFloats(MAX_SHARDS * n),
    losses: new Float64Array(new SharedArrayBuffer(8 * Math.max(MAX_SHARDS, lossShardCount(samples)))),
    step: new Float64Array(new SharedArrayBuffer(16)),
    call: new Int32Array(new SharedArrayBuffer(4 * Object.keys(CALL).length)),
  }
  const { call, losses } = shared
  const job = helpers().open('train', shared, openTraining(shared), threads)
  const paces = [createPace(), createPace()]

  const run = (mode: number, starts: Int32Array, shards: number, pace: Pace): number => {
    shared.starts.set(starts)
    call[CALL.mode] = mode
    call[CALL.count] = starts.length
    job.run(shards, pace)
    let sum = 0
    for (let s = 0; s < shards; s++) sum += losses[s]
    return sum
  }

  return {
    statistics: network.statistics,
    load(weights) {
      shared.weights.set(weights)
      call[CALL.version]++
    },
    gradient(starts, out, seed = 0) {
      const shards = shardsOf(starts.length).length
      shared.step[0] = 1 / starts.length
      shared.step[1] = seed
      const loss = run(GRADIENT, starts, shards, paces[GRADIENT])
      sumSlots(out, shared.slots, shards)
      return loss
    },
    loss: starts => run(LOSS, starts, lossShardCount(starts.length), paces[LOSS]) / starts.length,
    close: job.close,
  }
}

function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length))
}

function sharedCopy(values: Float32Array): Float32Array {
  const copy = sharedFloats(values.length)
  copy.set(values)
  return copy
}
