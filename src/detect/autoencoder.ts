import { z } from 'zod'
import {
  type Detector,
  type FitContext,
  type OnlineDetector,
  REASONS,
  type Scores,
} from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { createRandom } from '../core/random.js'
import type { Json, State } from '../core/state.js'
import {
  ARCHITECTURES,
  type ArchitectureDefinition,
  architectureSchema,
  createNetwork,
  type EpochRecord,
  type LossName,
  type Network,
  type OptimizerChoice,
  resolveArchitecture,
  type TrainingOptions,
  type TrainingResult,
  tensorsToWeights,
  weightsToTensors,
} from '../nn/index.js'
import { windowStarts } from '../window/index.js'
import { historySchema } from './checkpoint.js'
import { fitNetwork, type TrimOptions } from './fit-network.js'
import { networkOnline } from './network-online.js'
import type { Alignment } from './residuals.js'
import type { Runtime } from './runtime.js'
import { scoreFromResidual, unscored } from './scores.js'

export interface AutoencoderOptions extends Omit<TrainingOptions, 'learningRate' | 'optimizer'>, TrimOptions {
  readonly window: number
  /** Distance between training windows. */
  readonly stride: number
  /** Resolved for the window and the channels; by default `lstm-autoencoder`. */
  readonly architecture?: ArchitectureDefinition
  /** Replace the sizes and the loss of the architecture. */
  readonly units?: number
  readonly latent?: number
  readonly loss?: LossName
  /** Replaces that of the architecture; `adam` when there is none. */
  readonly optimizer?: OptimizerChoice
  /** Replaces that of the architecture; 0.001 when there is none. */
  readonly learningRate?: number
  readonly alignment: Alignment
}

/** What a fitted autoencoder knows beyond the contract. */
export interface FittedAutoencoder extends OnlineDetector {
  readonly network: Network
  readonly history: readonly EpochRecord[]
  readonly bestEpoch: number
}

/** A detector whose fit tells more. */
export interface AutoencoderDetector extends Detector {
  fit(train: Frame, context: FitContext): Promise<FittedAutoencoder>
}

/** Windows scored together when the caller does not say: on P1 as fast as larger batches (bench/), in less memory. */
const DEFAULT_BATCH = 64
/** Smallest usual error of a channel, in squared scaled units: keeps a channel that never moved from drowning the others. */
export const LEAST_ERROR = 1e-4

/**
 * Detector by a network that learns to reproduce windows of normal data, or as a forecaster the samples after them. The score of a sample is
 * the mean over channels of its squared error, each channel divided by its mean error on the validation part (so that a channel that is hard
 * to reproduce does not drown the others). NaN in a frame makes the whole windows that touch it NaN; the pipeline refuses such frames.
 *
 * Frames are scaled. Cost of scoring: one pass of the network per window of stride 1.
 */
export function autoencoder(options: AutoencoderOptions, runtime: Runtime): AutoencoderDetector {
  return {
    async fit(trainFrame, context) {
      const channels = trainFrame.channels.length
      const { architecture = ARCHITECTURES[0], alignment, ...sizes } = options
      const network = createNetwork(resolveArchitecture(architecture, { ...sizes, channels }))
      // One series with both held-back parts: windows are named by their first sample and never cross the seam.
      const offset = sampleCount(trainFrame)
      const series = new Float32Array(trainFrame.values.length + context.validation.values.length)
      series.set(trainFrame.values)
      series.set(context.validation.values, trainFrame.values.length)
      const whole = (frame: Frame) => [{ start: 0, end: sampleCount(frame) }]
      const { train = whole(trainFrame), validation = whole(context.validation) } = context.segments ?? {}
      const held = validation.map(({ start, end }) => ({ start: start + offset, end: end + offset }))
      const data = {
        series,
        trainStarts: windowStarts(train, network.span, options.stride),
        validationStarts: windowStarts(held, network.span, options.stride),
      }
      const training = { ...options, ...trainingChoice(architecture, options) }
      const result = await fitNetwork(network, data, training, createRandom(context.seed), context, runtime)
      const scoring = { alignment, stride: 1, batchSize: DEFAULT_BATCH }
      const errors: Float32Array[] = []
      for (const { start, end } of held) {
        const segment = series.subarray(start * channels, end * channels)
        errors.push(await runtime.residuals(network, result.weights, segment, scoring, {}))
      }
      return fittedAutoencoder(network, result, columnMeans(errors, channels), alignment, runtime)
    },
  }
}

/** Optimizer and learning rate: the user's, else the architecture's, else Adam at 0.001. */
function trainingChoice(
  { training = {} }: ArchitectureDefinition,
  { optimizer, learningRate }: AutoencoderOptions,
): Pick<TrainingOptions, 'optimizer' | 'learningRate'> {
  const own = typeof training.optimizer === 'string' ? { type: training.optimizer } : training.optimizer
  return { optimizer: optimizer ?? own, learningRate: learningRate ?? training.learningRate ?? 0.001 }
}

/** Brings a saved autoencoder back. Throws ArtefactError `artefact-damaged` when arrays are missing. */
export function loadAutoencoder(state: State, runtime: Runtime): FittedAutoencoder {
  const { architecture, alignment, history, bestEpoch } = STORED.parse(state.options)
  const network = createNetwork(architecture)
  const { usualError, ...tensors } = state.arrays
  const weights = tensorsToWeights(network, tensors)
  const usual = Float32Array.from(usualError?.data ?? [])
  if (usual.length !== network.outShape.width) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'usualError is missing',
    })
  }
  return fittedAutoencoder(network, { weights, history, bestEpoch }, usual, alignment, runtime)
}

/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z.object({
  architecture: architectureSchema,
  alignment: z.enum(['covering', 'end']),
  bestEpoch: z.number(),
  history: historySchema,
})

function fittedAutoencoder(
  network: Network,
  trained: Pick<TrainingResult, 'weights' | 'history' | 'bestEpoch'>,
  usualError: Float32Array,
  alignment: Alignment,
  runtime: Runtime,
): FittedAutoencoder {
  const { inShape, target, span } = network
  const channels = inShape.width
  const warmUp = alignment === 'end' ? span - 1 : target.offset
  return {
    network,
    history: trained.history,
    bestEpoch: trained.bestEpoch,
    contextLength: span,
    lookahead: alignment === 'covering' ? target.steps - 1 : 0,
    async score(frame, { batchSize = DEFAULT_BATCH, stride = 1, onProgress, signal } = {}) {
      const residual = await runtime.residuals(
        network,
        trained.weights,
        frame.values instanceof Float32Array ? frame.values : Float32Array.from(frame.values),
        { alignment, stride, batchSize },
        { onProgress, signal },
      )
      return toScores(residual, usualError, 0, sampleCount(frame) < span ? Number.POSITIVE_INFINITY : warmUp)
    },
    online: ({ batchSize = DEFAULT_BATCH, stride = 1 } = {}) =>
      networkOnline(
        network,
        trained.weights,
        { alignment, stride, batchSize, build: runtime.build },
        (residual, first, total) =>
          toScores(residual, usualError, first, total < span ? Number.POSITIVE_INFINITY : warmUp),
      ),
    state: () => ({
      kind: 'detector:autoencoder',
      version: 1,
      options: {
        architecture: network.architecture as unknown as Json,
        alignment,
        bestEpoch: trained.bestEpoch,
        history: trained.history as unknown as Json,
      },
      arrays: {
        ...weightsToTensors(network, trained.weights),
        usualError: { shape: [channels], data: usualError },
      },
    }),
  }
}

/**
 * Divides by the usual error of each channel (in place) and averages over channels.
 *
 * @param first number of the first sample in its series, of which the first `warmUp` samples have no score
 */
function toScores(residual: Float32Array, usualError: Float32Array, first: number, warmUp: number): Scores {
  const channels = usualError.length
  const scores = { ...unscored(residual.length / channels, channels), residual }
  for (let i = 0, at = 0; i < scores.score.length; i++) {
    for (let c = 0; c < channels; c++, at++) residual[at] /= Math.max(usualError[c], LEAST_ERROR)
    scoreFromResidual(scores, i, channels)
    if (Number.isNaN(scores.score[i])) scores.reason[i] = first + i < warmUp ? WARM_UP : STRIDE
  }
  return scores
}

const WARM_UP = REASONS.indexOf('warm-up')
const STRIDE = REASONS.indexOf('stride')

function columnMeans(parts: readonly Float32Array[], columns: number): Float32Array {
  const sums = new Float64Array(columns)
  const counts = new Float64Array(columns)
  for (const values of parts) {
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return
      sums[i % columns] += value
      counts[i % columns]++
    })
  }
  return Float32Array.from(sums, (sum, c) => sum / counts[c])
}
