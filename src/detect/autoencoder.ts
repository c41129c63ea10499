import { z } from 'zod'
import {
  ALIGNMENTS,
  type Alignment,
  type Detector,
  type FitContext,
  type FittedDetector,
  type OnlineOptions,
  type OnlineScorer,
  type Scores,
} from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { createRandom } from '../core/random.js'
import type { Json, State, Tensor } from '../core/state.js'
import {
  ARCHITECTURES,
  type ArchitectureDefinition,
  architectureSchema,
  attentionWeights,
  createNetwork,
  createPredictor,
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
import { LEAST_ERROR } from './local.js'
import { type Residuals, residualStream, seriesResiduals } from './network-online.js'
import { createWindowErrors } from './residuals.js'
import type { Runtime } from './runtime.js'
import { scoreGradient } from './score-gradient.js'
import { scoreFromResidual } from './scores.js'

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
}

/** What a fitted autoencoder knows beyond the contract. */
export interface FittedAutoencoder extends FittedDetector {
  readonly network: Network
  readonly history: readonly EpochRecord[]
  readonly bestEpoch: number
}

/** A detector whose fit reports more. */
export interface AutoencoderDetector extends Detector {
  fit(train: ScaledFrame, context: FitContext): Promise<FittedAutoencoder>
}

/** Windows scored together when the caller does not say: on P1 as fast as larger batches (bench/), in less memory. */
const DEFAULT_BATCH = 64

/** `[C]` mean error of each channel on the validation part, of the alignments that were calibrated. */
type UsualErrors = Partial<Record<Alignment, Float32Array>>

/**
 * Detector by a network that learns to reproduce windows of normal data, or as a forecaster the samples after them. The score of a sample is
 * the mean over channels of its squared error, each channel divided by its mean error on the validation part (so that a channel that is hard
 * to reproduce does not drown the others). Both alignments are calibrated. Samples whose windows hold NaN have no score.
 *
 * Frames are scaled. Cost of scoring: one pass of the network per window of stride 1, however small the pieces are.
 */
export function autoencoder(options: AutoencoderOptions, runtime: Runtime): AutoencoderDetector {
  return {
    async fit(trainFrame, context) {
      const channels = trainFrame.channels.length
      const { architecture = ARCHITECTURES[0], ...sizes } = options
      const network = createNetwork(resolveArchitecture(architecture, { ...sizes, channels }))
      // One series with both held-back parts: windows are named by their first sample and never cross the seam.
      const offset = sampleCount(trainFrame)
      const series = new Float32Array(trainFrame.values.length + context.validation.values.length)
      series.set(trainFrame.values)
      series.set(context.validation.values, trainFrame.values.length)
      const whole = (frame: ScaledFrame) => [{ start: 0, end: sampleCount(frame) }]
      const { train = whole(trainFrame), validation = whole(context.validation) } = context.segments ?? {}
      const held = validation.map(({ start, end }) => ({ start: start + offset, end: end + offset }))
      const data = {
        series,
        trainStarts: windowStarts(train, network.span, options.stride),
        validationStarts: windowStarts(held, network.span, options.stride),
      }
      const training = { ...options, ...trainingChoice(architecture, options) }
      const result = await fitNetwork(network, data, training, createRandom(context.seed), context, runtime)
      const parts = held.map(({ start, end }) => series.subarray(start * channels, end * channels))
      const usual = await usualErrors(network, result.weights, parts, runtime)
      return fittedAutoencoder(network, result, usual, runtime)
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

/** Mean error of each channel over series of normal samples, for both alignments. */
async function usualErrors(
  network: Network,
  weights: Float32Array,
  parts: readonly Float32Array[],
  runtime: Runtime,
): Promise<UsualErrors> {
  const predictor = createPredictor(network, weights, runtime.build)
  const windowErrors = createWindowErrors(predictor, runtime)
  const usual: UsualErrors = {}
  for (const alignment of ALIGNMENTS) {
    const scoring = { alignment, stride: 1, batchSize: DEFAULT_BATCH }
    const errors: Float32Array[] = []
    for (const part of parts)
      errors.push(await seriesResiduals(network, windowErrors, part, scoring, runtime))
    usual[alignment] = columnMeans(errors, network.inShape.width)
  }
  predictor.close()
  return usual
}

/**
 * Restores a saved autoencoder. One of telltale 0.1 knows one alignment only.
 *
 * @throws ArtefactError `artefact-damaged` when arrays are missing
 */
export function loadAutoencoder(state: State, runtime: Runtime): FittedAutoencoder {
  const { architecture, alignment, history, bestEpoch } = STORED.parse(state.options)
  const network = createNetwork(architecture)
  const weights = tensorsToWeights(network, state.arrays)
  const usual: UsualErrors = {}
  for (const name of ALIGNMENTS) {
    const first = alignment !== undefined && FIRST_NAMES[alignment] === name
    const tensor = state.arrays[first ? 'usualError' : usualName(name)]
    if (tensor?.data.length === network.inShape.width) usual[name] = Float32Array.from(tensor.data)
  }
  if (Object.keys(usual).length === 0) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'usualError is missing',
    })
  }
  return fittedAutoencoder(network, { weights, history, bestEpoch }, usual, runtime)
}

/** The names of alignments in version 1. */
const FIRST_NAMES = { covering: 'two-sided', end: 'causal' } as const satisfies Record<string, Alignment>

/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z.object({
  architecture: architectureSchema,
  /** Version 1 only. */
  alignment: z.enum(['covering', 'end']).optional(),
  bestEpoch: z.number(),
  history: historySchema,
})

const usualName = (alignment: Alignment) => `usualError.${alignment}`

function fittedAutoencoder(
  network: Network,
  trained: Pick<TrainingResult, 'weights' | 'history' | 'bestEpoch'>,
  usual: UsualErrors,
  runtime: Runtime,
): FittedAutoencoder {
  const { inShape, target, span } = network
  const { weights, history, bestEpoch } = trained
  const channels = inShape.width
  const windowErrors = createWindowErrors(createPredictor(network, weights, runtime.build), runtime)
  /** Throws `alignment-missing`. */
  const usualOf = (alignment: Alignment): Float32Array => {
    const known = usual[alignment]
    if (known !== undefined) return known
    throw createError('alignment-missing', { known: Object.keys(usual).join(' and '), wanted: alignment })
  }
  return {
    network,
    history,
    bestEpoch,
    contextLength: span,
    lookahead: target.steps - 1,
    windowLength: span,
    online: (options: OnlineOptions = {}, from?: State): OnlineScorer => {
      const { alignment = 'causal', stride = 1, batchSize = DEFAULT_BATCH, expected } = options
      const divisor = usualOf(alignment)
      const settings = { alignment, stride, batchSize, expected }
      const { push, finish, state } = residualStream(network, windowErrors, settings, from)
      return {
        push: frame => toScores(push(frame.values), divisor),
        finish: () => toScores(finish(), divisor),
        state,
      }
    },
    scoreWindows(values, count, out) {
      const residual = new Float32Array(count * channels)
      const windows = { count, stride: span, batchSize: DEFAULT_BATCH }
      windowErrors(values, windows, 'causal', { errors: residual })
      out.set(toScores({ residual, reason: new Uint8Array(count) }, usualOf('causal')).score)
    },
    scoreGradient(values, out) {
      const divisor = usualOf('causal').map(error => Math.max(error, LEAST_ERROR))
      scoreGradient(network, weights, divisor, values, out, runtime.build)
    },
    ...(hasAttention(network.architecture.layers) && {
      attention: (window: Float32Array) =>
        attentionWeights(network, weights, window.subarray(0, inShape.steps * channels), runtime.build),
    }),
    state() {
      const arrays: Record<string, Tensor> = { ...weightsToTensors(network, weights) }
      for (const alignment of ALIGNMENTS) {
        const data = usual[alignment]
        if (data) arrays[usualName(alignment)] = { shape: [channels], data }
      }
      const architecture = network.architecture as unknown as Json
      const options = { architecture, bestEpoch, history: history as unknown as Json }
      return { kind: 'detector:autoencoder', version: 2, options, arrays }
    },
  }
}

/** Whether a layer, or one inside of it, is self-attention. */
function hasAttention(layers: readonly object[]): boolean {
  return layers.some(layer => {
    const { type, layers: inner = [] } = layer as { type?: string; layers?: readonly object[] }
    return type === 'self-attention' || hasAttention(inner)
  })
}

/** Divides by the usual error of each channel (in place) and averages over channels. */
function toScores({ residual, reason, expected }: Residuals, usualError: Float32Array): Scores {
  const channels = usualError.length
  const scores = { score: new Float32Array(reason.length), residual, reason }
  for (let i = 0, at = 0; i < reason.length; i++) {
    for (let c = 0; c < channels; c++, at++) residual[at] /= Math.max(usualError[c], LEAST_ERROR)
    scoreFromResidual(scores, i, channels)
  }
  return expected ? { ...scores, expected } : scores
}

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
