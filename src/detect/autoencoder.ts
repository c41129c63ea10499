import { z } from 'zod'
import type { Detector, FitContext, FittedDetector, Scores } from '../core/contracts.js'
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
  initialWeights,
  type Network,
  resolveArchitecture,
  type TrainingResult,
  tensorsToWeights,
  train,
  weightsToTensors,
} from '../nn/index.js'
import { windowStarts } from '../window/index.js'
import type { Alignment } from './reconstruction.js'
import type { Runtime } from './runtime.js'

export interface AutoencoderOptions {
  readonly window: number
  /** Distance between training windows. */
  readonly stride: number
  /** Resolved for the window and the channels; by default `lstm-autoencoder`. */
  readonly architecture?: ArchitectureDefinition
  /** Replace the sizes of the architecture. */
  readonly units?: number
  readonly latent?: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  readonly patience: number
  readonly minDelta: number
  readonly alignment: Alignment
}

/** What a fitted autoencoder knows beyond the contract. */
export interface FittedAutoencoder extends FittedDetector {
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
const LEAST_ERROR = 1e-4

/**
 * Reconstruction detector: a network learns to reproduce windows of normal data; the score of a sample is the mean over channels of its
 * squared reconstruction error, each channel divided by its mean error on the validation part (so that a channel that is hard to
 * reproduce does not drown the others). NaN in a frame makes the whole windows that touch it NaN; the pipeline refuses such frames.
 *
 * Frames are scaled. Cost of scoring: one pass of the network per window of stride 1.
 */
export function autoencoder(options: AutoencoderOptions, runtime: Runtime): AutoencoderDetector {
  return {
    async fit(trainFrame, context) {
      const channels = trainFrame.channels.length
      const { architecture = ARCHITECTURES[0], window, units, latent } = options
      const network = createNetwork(resolveArchitecture(architecture, { window, channels, units, latent }))
      const random = createRandom(context.seed)
      const initial = initialWeights(network, random.fork('weights'))
      // One series with both held-back parts: windows are named by their first sample and never cross the seam.
      const offset = sampleCount(trainFrame)
      const series = new Float32Array(trainFrame.values.length + context.validation.values.length)
      series.set(trainFrame.values)
      series.set(context.validation.values, trainFrame.values.length)
      const segments = context.segments ?? {
        train: [{ start: 0, end: offset }],
        validation: [{ start: 0, end: sampleCount(context.validation) }],
      }
      const data = {
        trainStarts: windowStarts(segments.train, window, options.stride),
        validationStarts: windowStarts(segments.validation, window, options.stride).map(
          start => offset + start,
        ),
      }
      const engine = await runtime.engine(network, series)
      const loop = train(engine, initial, data, options, random.fork('order'), runtime.build)
      let result: TrainingResult
      try {
        let turn = loop.next()
        while (!turn.done) {
          context.onProgress?.({ ...turn.value, epochs: options.epochs })
          const pause = runtime.pause()
          if (pause) await pause
          const aborted = context.signal?.aborted
          if (aborted && !context.keepBest) throw createError('interrupted', { what: 'training' })
          turn = loop.next(aborted)
        }
        result = turn.value
      } finally {
        engine.close()
      }
      if (context.signal?.aborted && result.bestEpoch === 0)
        throw createError('interrupted', { what: 'training' })
      const { alignment } = options
      const validation = series.subarray(trainFrame.values.length)
      const scoring = { alignment, stride: 1, batchSize: DEFAULT_BATCH }
      const errors = new Float32Array(validation.length).fill(Number.NaN)
      for (const { start, end } of segments.validation) {
        const segment = validation.subarray(start * channels, end * channels)
        errors.set(await runtime.residuals(network, result.weights, segment, scoring, {}), start * channels)
      }
      return fittedAutoencoder(network, result, columnMeans(errors, channels), alignment, runtime)
    },
  }
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
  history: z.array(
    z.object({ epoch: z.number(), loss: z.number(), validationLoss: z.number(), best: z.boolean() }),
  ),
})

function fittedAutoencoder(
  network: Network,
  trained: Pick<TrainingResult, 'weights' | 'history' | 'bestEpoch'>,
  usualError: Float32Array,
  alignment: Alignment,
  runtime: Runtime,
): FittedAutoencoder {
  const { steps, width: channels } = network.inShape
  return {
    network,
    history: trained.history,
    bestEpoch: trained.bestEpoch,
    contextLength: steps,
    lookahead: alignment === 'covering' ? steps - 1 : 0,
    async score(frame, { batchSize = DEFAULT_BATCH, stride = 1, onProgress, signal } = {}) {
      const n = sampleCount(frame)
      const residual = await runtime.residuals(
        network,
        trained.weights,
        frame.values instanceof Float32Array ? frame.values : Float32Array.from(frame.values),
        { alignment, stride, batchSize },
        { onProgress, signal },
      )
      return toScores(residual, usualError, n, channels, alignment === 'end' ? steps - 1 : n < steps ? n : 0)
    },
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

/** Divides by the usual error of each channel (in place) and averages over channels. */
function toScores(
  residual: Float32Array,
  usualError: Float32Array,
  n: number,
  channels: number,
  warmUp: number,
): Scores {
  const score = new Float32Array(n)
  const reason = new Uint8Array(n)
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0
    for (let c = 0; c < channels; c++, at++) {
      residual[at] /= Math.max(usualError[c], LEAST_ERROR)
      sum += residual[at]
    }
    score[i] = sum / channels
    if (Number.isNaN(score[i])) reason[i] = i < warmUp ? 1 : 2
  }
  return { score, residual, reason }
}

function columnMeans(values: Float32Array, columns: number): Float32Array {
  const sums = new Float64Array(columns)
  const counts = new Float64Array(columns)
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return
    sums[i % columns] += value
    counts[i % columns]++
  })
  return Float32Array.from(sums, (sum, c) => sum / counts[c])
}
