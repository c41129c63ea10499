import { createError } from '../core/errors.js'
import type { Random } from '../core/random.js'
import type { KernelBuild } from '../kernels/index.js'
import { adam } from './adam.js'
import type { TrainingEngine } from './engine.js'

export interface TrainingOptions {
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
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
}

export interface TrainingResult {
  /** `[flatLength]` weights of the epoch with the lowest validation loss. */
  readonly weights: Float32Array
  readonly bestEpoch: number
  readonly history: readonly EpochRecord[]
  readonly stoppedEarly: boolean
}

/**
 * Minibatch training with Adam on the mean squared reconstruction error. Windows are shuffled anew in each epoch by `random`; after each
 * epoch the validation loss decides what the best weights are, and these are returned however training ends.
 *
 * A generator: it yields after every step and every epoch so that the caller can show progress, let other work in, or stop. Calling `next(true)` ends
 * training at once with the best weights so far (those of the running epoch are dropped).
 *
 * @throws DataError `data-training-diverged` when the loss is no longer finite
 */
export function* train(
  engine: TrainingEngine,
  initial: Float32Array,
  data: TrainingData,
  options: TrainingOptions,
  random: Random,
  build?: KernelBuild,
): Generator<TrainingProgress, TrainingResult, boolean | undefined> {
  const { epochs, batchSize, learningRate, patience, minDelta } = options
  const optimizer = adam(initial, { learningRate }, build)
  const order = Int32Array.from(data.trainStarts)
  const steps = Math.ceil(order.length / batchSize)
  const history: EpochRecord[] = []
  let weights: Float32Array = Float32Array.from(initial)
  let bestLoss = Number.POSITIVE_INFINITY
  let reference = Number.POSITIVE_INFINITY
  let bestEpoch = 0
  let waited = 0
  let validationLoss = Number.NaN
  engine.load(optimizer.weights)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random)
    let sum = 0
    for (let step = 1; step <= steps; step++) {
      const starts = order.subarray((step - 1) * batchSize, step * batchSize)
      const loss = engine.gradient(starts, optimizer.gradients)
      if (!Number.isFinite(loss)) throw createError('data-training-diverged', { got: String(loss), epoch })
      optimizer.step()
      engine.load(optimizer.weights)
      sum += loss
      const stop = yield { epoch, step, steps, loss: sum / step, validationLoss, epochEnd: false }
      if (stop) return { weights, bestEpoch, history, stoppedEarly: true }
    }
    validationLoss = engine.loss(data.validationStarts)
    if (!Number.isFinite(validationLoss))
      throw createError('data-training-diverged', { got: String(validationLoss), epoch })
    const improved = validationLoss < bestLoss
    // Any decrease moves the best weights; patience restarts once the loss is minDelta below where it last restarted.
    if (validationLoss < reference - minDelta) {
      reference = validationLoss
      waited = 0
    } else {
      waited++
    }
    if (improved) {
      bestLoss = validationLoss
      bestEpoch = epoch
      weights = Float32Array.from(optimizer.weights)
    }
    history.push({ epoch, loss: sum / steps, validationLoss, best: improved })
    const stop = yield { epoch, step: steps, steps, loss: sum / steps, validationLoss, epochEnd: true }
    if (stop) return { weights, bestEpoch, history, stoppedEarly: true }
    if (patience > 0 && waited >= patience) return { weights, bestEpoch, history, stoppedEarly: true }
  }
  return { weights, bestEpoch, history, stoppedEarly: false }
}

function shuffle(values: Int32Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const swapped = values[i]
    values[i] = values[j]
    values[j] = swapped
  }
}
