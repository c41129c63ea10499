import type { KernelBuild } from '../kernels/index.js'
import {
  type Architecture,
  createNetwork,
  createPredictor,
  createTrainingSession,
  lossShard,
  type Predictor,
  shardsOf,
} from '../nn/index.js'

/** Work that threads share, as one of them sees it. */
export interface Work {
  /** Works off a ticket of the call that is under way. What it writes depends on the ticket alone, not on the thread. */
  work(ticket: number): void
  close?(): void
}

/** Makes the work from its description, in the thread that does it. */
export type OpenWork = (description: never) => Work

/** Gradients and losses of the windows of a series; a ticket is a shard. */
export interface TrainingWork {
  readonly architecture: Architecture
  readonly build: KernelBuild
  readonly weights: Float32Array
  readonly series: Float32Array
  readonly starts: Int32Array
  /** One gradient per shard. */
  readonly slots: Float32Array
  /** What each shard adds to the loss. */
  readonly losses: Float64Array
  /** [0] share of one window, [1] seed of the step: see `Step`. */
  readonly step: Float64Array
  /** See `CALL`. */
  readonly call: Int32Array
}

export const CALL = { mode: 0, count: 1, version: 2 } as const
export const GRADIENT = 0
export const LOSS = 1

export function openTraining(shared: TrainingWork): Required<Work> {
  const { architecture, build, weights, series, starts, slots, losses, step, call } = shared
  const session = createTrainingSession(createNetwork(architecture), series, build)
  const n = weights.length
  /** Of the weights that the session holds. */
  let version = -1
  return {
    work(s) {
      if (call[CALL.version] !== version) {
        session.load(weights)
        version = call[CALL.version]
      }
      const count = call[CALL.count]
      if (call[CALL.mode] === GRADIENT) {
        const { from, to } = shardsOf(count)[s]
        const gradient = slots.subarray(s * n, (s + 1) * n)
        losses[s] = session.gradient(starts, from, to, { share: step[0], seed: step[1] }, gradient)
      } else {
        const { from, to } = lossShard(s, count)
        losses[s] = session.loss(starts, from, to)
      }
    },
    close: session.close,
  }
}

/** Outputs of the windows of a series; a ticket is a batch. */
export interface ScoringWork {
  /** Of the predictor, which a thread keeps for the next piece of a series. */
  readonly id: number
  readonly architecture: Architecture
  readonly build: KernelBuild | undefined
  readonly weights: Float32Array
  readonly series: Float32Array
  readonly stride: number
  readonly batch: number
  /** Windows. */
  readonly count: number
  /** One output per ticket. */
  readonly slots: Float32Array
  /** [0] number of the batch of ticket 0. */
  readonly first: Int32Array
}

const KEPT_PREDICTORS = 16
const predictors = new Map<number, Predictor>()

function predictorOf({ id, architecture, weights, build }: ScoringWork): Predictor {
  const predictor = predictors.get(id) ?? createPredictor(createNetwork(architecture), weights, build)
  predictors.delete(id)
  predictors.set(id, predictor)
  for (const [oldest, { close }] of predictors) {
    if (predictors.size <= KEPT_PREDICTORS) break
    close()
    predictors.delete(oldest)
  }
  return predictor
}

export function openScoring(shared: ScoringWork, predictor = predictorOf(shared)): Work {
  const { series, stride, batch, count, slots, first } = shared
  const { width } = predictor.network.inShape
  const slot = batch * predictor.outputLength
  return {
    work(ticket) {
      const window = (first[0] + ticket) * batch
      const size = Math.min(batch, count - window)
      const out = slots.subarray(ticket * slot, (ticket + 1) * slot)
      predictor.predict(series.subarray(window * stride * width), size, stride, batch, out)
    },
  }
}

/** All kinds of work that a helper thread knows. */
export const WORK = { train: openTraining, score: openScoring } satisfies Record<string, OpenWork>
