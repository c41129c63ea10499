import { createError } from '../core/errors.js'
import type { Interval } from '../core/frame.js'
import { type Random, shuffle } from '../core/random.js'
import type { KernelBuild } from '../kernels/index.js'
import type { TrainingEngine } from './engine.js'
import {
  createOptimizer,
  type Optimizer,
  type OptimizerChoice,
  type OptimizerState,
} from './optimizers/index.js'
import { countPlateaus, learningRateFactor, type ScheduleName } from './schedules.js'

export interface TrainingOptions {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Default `adam`. */
  readonly optimizer?: OptimizerChoice
  /** Default `constant`. */
  readonly schedule?: ScheduleName
  /** Longest joint gradient; longer ones are scaled down to it. Default: no limit. */
  readonly clipNorm?: number
  /** Epochs without improvement of the validation loss before training stops; 0 = never stop early. */
  readonly patience: number
  /** Smallest decrease of the validation loss that counts as improvement. */
  readonly minDelta: number
}

export interface TrainingData {
  /** `[W]` first samples of the training windows. */
  readonly trainStarts: Int32Array
  readonly validationStarts: Int32Array
}

export interface EpochRecord {
  readonly epoch: number
  /** Mean over the batches of the epoch, while the weights were changing. */
  readonly loss: number
  readonly validationLoss: number
  readonly best: boolean
}

/** All that training needs to continue after an epoch, exactly as if it had never stopped. */
export interface TrainingState {
  /** `[flatLength]` after the last epoch. */
  readonly weights: Float32Array
  /** `[flatLength]` of the best epoch; the initial ones before there is one. */
  readonly best: Float32Array
  readonly optimizer: OptimizerState
  readonly history: readonly EpochRecord[]
}

/** Where training stands: after each step of the optimizer, and once more at the end of each epoch with its validation loss. */
export interface TrainingProgress {
  readonly epoch: number
  readonly step: number
  readonly steps: number
  /** Mean over the steps of this epoch so far. */
  readonly loss: number
  /** Of the last finished epoch; NaN before the first one ends. */
  readonly validationLoss: number
  /** True once per epoch, when its validation loss is known. */
  readonly epochEnd: boolean
  /** At the end of an epoch: a copy of all that is needed to continue from here. */
  state?(): TrainingState
}

export interface TrainingResult {
  /** `[flatLength]` weights of the epoch with the lowest validation loss. */
  readonly weights: Float32Array
  readonly bestEpoch: number
  readonly history: readonly EpochRecord[]
  readonly stoppedEarly: boolean
}

/** Share of a running statistic that stays in each step. */
const STATISTIC_INERTIA = 0.9

/**
 * Minibatch training on the loss of the network. Windows are shuffled again in each epoch by `random`; after each epoch the validation loss
 * decides what the best weights are, and these are returned however training ends.
 *
 * A generator: it yields after every step and every epoch so that the caller can show progress, let other work in, or stop. Calling `next(true)` ends
 * training at once with the best weights so far (those of the running epoch are dropped).
 *
 * @param from state at the end of an epoch of the same training: it continues from there and ends with the same weights, bit for bit
 * @throws DataError `data-training-diverged` when the loss is no longer finite
 */
export function* train(
  engine: TrainingEngine,
  initial: Float32Array,
  data: TrainingData,
  options: TrainingOptions,
  random: Random,
  build?: KernelBuild,
  from?: TrainingState,
): Generator<TrainingProgress, TrainingResult, boolean | undefined> {
  const {
    epochs,
    batchSize,
    learningRate,
    optimizer: choice = { type: 'adam' },
    schedule = 'constant',
  } = options
  const optimizer = createOptimizer(choice, from?.weights ?? initial, build, from?.optimizer)
  const order = Int32Array.from(data.trainStarts)
  const steps = Math.ceil(order.length / batchSize)
  const noise = random.fork('noise').integer(2 ** 32)
  const history: EpochRecord[] = [...(from?.history ?? [])]
  let best = Float32Array.from(from?.best ?? initial)
  const stopping = earlyStopping(options)
  for (const record of history) {
    stopping.record(record.validationLoss)
    shuffle(order, random)
  }
  const finish = (stoppedEarly: boolean): TrainingResult => {
    return { weights: best, bestEpoch: stopping.bestEpoch, history, stoppedEarly }
  }
  if (stopping.isSatisfied()) return finish(true)

  engine.load(optimizer.weights)
  for (let epoch = history.length + 1; epoch <= epochs; epoch++) {
    shuffle(order, random)
    const plateaus = countPlateaus(history.map(record => record.best))
    const validationLoss = history.at(-1)?.validationLoss ?? Number.NaN
    let sum = 0
    for (let step = 1; step <= steps; step++) {
      const starts = order.subarray((step - 1) * batchSize, step * batchSize)
      const done = (epoch - 1) * steps + step - 1
      const loss = engine.gradient(starts, optimizer.gradients, (noise + done) >>> 0)
      if (!Number.isFinite(loss)) throw createError('data-training-diverged', { got: String(loss), epoch })
      const moveStatistics = takeStatistics(engine.statistics, optimizer)
      if (options.clipNorm !== undefined) optimizer.clip(options.clipNorm)
      optimizer.step(learningRate * learningRateFactor(schedule, done / (epochs * steps), plateaus))
      moveStatistics()
      engine.load(optimizer.weights)
      sum += loss
      const stop = yield { epoch, step, steps, loss: sum / step, validationLoss, epochEnd: false }
      if (stop) return finish(true)
    }
    const loss = sum / steps
    const record = stopping.record(engine.loss(data.validationStarts))
    if (!Number.isFinite(record.validationLoss))
      throw createError('data-training-diverged', { got: String(record.validationLoss), epoch })
    if (record.best) best = Float32Array.from(optimizer.weights)
    history.push({ epoch, loss, ...record })
    const state = (): TrainingState => ({
      weights: Float32Array.from(optimizer.weights),
      best,
      optimizer: optimizer.state(),
      history: [...history],
    })
    const { validationLoss: reached } = record
    const stop = yield { epoch, step: steps, steps, loss, validationLoss: reached, epochEnd: true, state }
    if (stop || stopping.isSatisfied()) return finish(true)
  }
  return finish(false)
}

/** Takes the validation loss of each epoch and decides which is best and when to stop. */
function earlyStopping({ patience, minDelta }: TrainingOptions) {
  let epoch = 0
  let bestEpoch = 0
  let bestLoss = Number.POSITIVE_INFINITY
  let reference = Number.POSITIVE_INFINITY
  let waited = 0
  return {
    get bestEpoch() {
      return bestEpoch
    },
    record(validationLoss: number) {
      epoch++
      const best = validationLoss < bestLoss
      // Any decrease moves the best weights; patience restarts once the loss is minDelta below where it last restarted.
      if (validationLoss < reference - minDelta) {
        reference = validationLoss
        waited = 0
      } else {
        waited++
      }
      if (best) {
        bestLoss = validationLoss
        bestEpoch = epoch
      }
      return { validationLoss, best }
    },
    isSatisfied: () => patience > 0 && waited >= patience,
  }
}

/** Takes the running statistics out of the gradients and returns what moves them once the weights have moved. */
function takeStatistics(statistics: readonly Interval[], { weights, gradients }: Optimizer): () => void {
  const moved = statistics.map(({ start, end }) => {
    const value = weights.slice(start, end)
    for (let i = start; i < end; i++)
      value[i - start] = STATISTIC_INERTIA * value[i - start] + (1 - STATISTIC_INERTIA) * gradients[i]
    gradients.fill(0, start, end)
    return value
  })
  return () => {
    statistics.forEach(({ start }, i) => {
      weights.set(moved[i], start)
    })
  }
}
