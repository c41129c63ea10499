import { z } from 'zod'
import type { FitContext, FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import { createRandom } from '../core/random.js'
import type { Json, State, Tensor } from '../core/state.js'
import { type KernelBuild, preferredBuild } from '../kernels/index.js'
import {
  type ArchitectureDefinition,
  architectureSchema,
  createNetwork,
  createPredictor,
  findArchitecture,
  type Network,
  resolveArchitecture,
  type TrainingOptions,
  tensorsToWeights,
  weightsToTensors,
} from '../nn/index.js'
import { segmentsWithout, windowStarts } from '../window/index.js'
import { type CrossFitted, eighthOf, foldScorer, quarters, withHeldBack } from './cross-fit.js'
import { fitNetwork } from './fit-network.js'
import { type LocalModel, localDetector } from './local.js'
import { createWindowErrors } from './residuals.js'
import { localRuntime, type Runtime } from './runtime.js'
import { clipped, wholeWindows } from './scores.js'

export interface CommitteeOptions extends Omit<TrainingOptions, 'epochs'> {
  /** An autoencoder or a forecaster; resolved for the window and the channels that move. */
  readonly architecture: ArchitectureDefinition
  readonly units?: number
  readonly latent?: number
  /** Samples that a network reads; fewer when there are few samples. */
  readonly window: number
  /** Most windows that a network is trained on; of a longer history every second, third and so on. */
  readonly mostWindows: number
  /** Windows shown to a network in all its epochs together, unless it stops early or would see a short history too often. */
  readonly shownWindows: number
}

/** What ranked best of the networks on labelled series, one choice for all of them: docs/decisions/0010-network.md. */
export const COMMITTEE: CommitteeOptions = {
  architecture: findArchitecture('shortcut-forecaster'),
  window: 3,
  mostWindows: 6000,
  shownWindows: 96_000,
  batchSize: 64,
  learningRate: 0.002,
  optimizer: { type: 'adamw', weightDecay: 1 },
  schedule: 'cosine',
  patience: 8,
  minDelta: 0,
}

const FEWEST_EPOCHS = 5
const MOST_EPOCHS = 100
/** Windows that go through a network together; never changes the result. */
const BATCH = 64
/** A channel moves when a reading differs from its first by more, in standard deviations: rounding is no movement. */
const LEAST_MOVE = 1e-6

/**
 * Four small networks, each trained without one quarter of the history, which decides when it stops. The error of a sample is the mean over
 * the four of their squared error, of the forecast of it or of the window that ends at it, each channel divided by its mean error in
 * quarters that the network had not seen; the score is the mean over channels. No part of the history is lost to validation.
 *
 * A channel that never moved in training is kept from the networks, to which it would be untrained weights, and expected to stay where it is.
 *
 * Frames are scaled. Causal; the first samples, for which no window is whole, are warm-up; a window with NaN is not scored. Cost: four
 * trainings of at most `shownWindows` windows; score: four passes per window.
 *
 * @throws DataError `data-too-short` when there are fewer than 2 whole windows per quarter; `interrupted` when the signal aborts
 */
export function committee(options: CommitteeOptions, { build, pause }: Runtime) {
  // A step of networks this small is done before a second thread could take part.
  const runtime = localRuntime(build, pause)
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const window = Math.min(options.window, eighthOf(train))
      const values = clipped(train.values)
      const span = window + (options.architecture.horizon ?? 0)
      const whole = wholeWindows(values, channels, span)
      const folds = quarters(whole, span)
      const centre = firstReadings(values, channels)
      const moving = movingChannels(values, centre)
      const sizes = { window, units: options.units, latent: options.latent }
      const network =
        moving.length === 0
          ? undefined
          : createNetwork(resolveArchitecture(options.architecture, { ...sizes, channels: moving.length }))
      const series = columnsOf(values, channels, moving)
      const random = createRandom(context.seed)
      const members: Float32Array[] = []
      for (const [f, fold] of folds.entries()) {
        if (network === undefined) break
        const data = windowsWithout(whole, fold, span, options.mostWindows)
        const epochs = epochsFor(data.trainStarts.length, options)
        const { weights } = await fitNetwork(
          network,
          { series, ...data },
          { ...options, epochs },
          random.fork(`member ${f}`),
          hooksOf(context, f, folds.length),
          runtime,
        )
        members.push(weights)
      }
      const modelOf = (weights: readonly Float32Array[]) =>
        committeeModel({ network, members: weights, moving, centre, span, build })
      const models = folds.map((_, f) => modelOf(members.slice(f, f + 1)))
      const model = modelOf(members)
      return withHeldBack(
        train,
        foldScorer(folds, models, channels),
        usual => localDetector(model, usual),
        context,
      )
    },
  }
}

/** Restores a saved committee. Throws ArtefactError `artefact-damaged` when arrays are missing. */
export function loadCommittee(state: State, build: KernelBuild = preferredBuild()): FittedDetector {
  const { architecture, members, moving, span } = STORED.parse(state.options)
  const { centre, usualError } = state.arrays
  if (!centre || !usualError) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'centre or usualError is missing',
    })
  }
  const network = architecture && createNetwork(architecture)
  const weights = Array.from({ length: members }, (_, m) =>
    tensorsToWeights(network as Network, withoutPrefix(state.arrays, prefixOf(m))),
  )
  const parts = { network, members: weights, moving, centre: Float32Array.from(centre.data), span, build }
  const model = committeeModel(parts)
  return localDetector(model, Float64Array.from(usualError.data))
}

/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z
  .object({
    /** None when no channel moved. */
    architecture: architectureSchema.optional(),
    members: z.number().int().min(0).max(64),
    moving: z.array(z.number().int().min(0)),
    span: z.number().int().positive(),
  })
  .refine(({ architecture, members }) => (architecture === undefined) === (members === 0))

interface CommitteeParts {
  readonly network: Network | undefined
  /** Weights of each network. */
  readonly members: readonly Float32Array[]
  /** Channels that the networks see. */
  readonly moving: readonly number[]
  /** `[C]` where the others stay. */
  readonly centre: Float32Array
  /** Samples that a network reads and scores together. */
  readonly span: number
  readonly build: KernelBuild
}

function committeeModel({ network, members, moving, centre, span, build }: CommitteeParts): LocalModel {
  const channels = centre.length
  const runtime = localRuntime(build)
  const windowErrors =
    network && members.map(weights => createWindowErrors(createPredictor(network, weights, build), runtime))
  return {
    contextLength: span,
    errors(
      values: Float32Array,
      { start, end }: Interval,
      out: Float64Array,
      expected?: Float32Array | Float64Array,
    ) {
      for (let i = start, at = 0; i < end; i++) {
        for (let c = 0; c < channels; c++, at++) {
          out[at] = (values[i * channels + c] - centre[c]) ** 2
          if (expected) expected[at] = centre[c]
        }
      }
      if (windowErrors === undefined) return
      const first = start - (span - 1)
      const series = columnsOf(values.subarray(first * channels, end * channels), channels, moving)
      const windows = { count: end - start, stride: 1, batchSize: BATCH }
      const errors = new Float32Array(windows.count * moving.length)
      const sums = new Float64Array(errors.length)
      const forecasts = expected && new Float64Array(errors.length)
      for (const writeErrors of windowErrors) {
        writeErrors(series, windows, 'causal', { errors, expected: forecasts })
        for (let j = 0; j < sums.length; j++) sums[j] += errors[j]
      }
      for (let j = 0; j < sums.length; j++) {
        const at = Math.floor(j / moving.length) * channels + moving[j % moving.length]
        out[at] = sums[j] / members.length
        if (expected && forecasts) expected[at] = forecasts[j] / members.length
      }
    },
    state() {
      const arrays: Record<string, Tensor> = { centre: { shape: [channels], data: centre } }
      members.forEach((weights, m) => {
        for (const [name, tensor] of Object.entries(weightsToTensors(network as Network, weights)))
          arrays[prefixOf(m) + name] = tensor
      })
      const architecture = network && { architecture: network.architecture as unknown as Json }
      const options = { ...architecture, members: members.length, moving: [...moving], span }
      return { kind: 'detector:committee', version: 1, options, arrays }
    },
  }
}

const prefixOf = (member: number) => `member${member}.`

function withoutPrefix(arrays: State['arrays'], prefix: string): Record<string, Tensor> {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}

/** First reading of each channel; 0 when it has none. */
function firstReadings(values: Float32Array, channels: number): Float32Array {
  const first = new Float32Array(channels).fill(Number.NaN)
  for (let i = 0; i < values.length; i++)
    if (Number.isNaN(first[i % channels])) first[i % channels] = values[i]
  return first.map(value => (Number.isNaN(value) ? 0 : value))
}

/** Channels of which some reading is not where it began. */
function movingChannels(values: Float32Array, centre: Float32Array): number[] {
  const channels = centre.length
  const moves = new Array<boolean>(channels).fill(false)
  values.forEach((value, i) => {
    if (Math.abs(value - centre[i % channels]) > LEAST_MOVE) moves[i % channels] = true
  })
  return [...moves.keys()].filter(c => moves[c])
}

/** Some channels of a series. */
function columnsOf(values: Float32Array, channels: number, chosen: readonly number[]): Float32Array {
  if (chosen.length === channels) return values
  const rows = values.length / channels
  const out = new Float32Array(rows * chosen.length)
  for (let i = 0, at = 0; i < rows; i++) for (const c of chosen) out[at++] = values[i * channels + c]
  return out
}

/** The windows of a fold, and those that share no sample with them; named by their first samples, `whole` and `fold` by their last. */
function windowsWithout(
  whole: readonly Interval[],
  fold: readonly Interval[],
  span: number,
  mostWindows: number,
): { trainStarts: Int32Array; validationStarts: Int32Array } {
  const reach = span - 1
  const near = fold.map(({ start, end }) => ({ start: start - reach, end: end + reach }))
  const apart = whole.flatMap(part => segmentsWithout(part, near))
  const count = apart.reduce((sum, { start, end }) => sum + end - start, 0)
  const stride = Math.max(1, Math.floor(count / mostWindows))
  const starts = (ends: readonly Interval[]) =>
    windowStarts(
      ends.map(({ start, end }) => ({ start: start - reach, end })),
      span,
      stride,
    )
  return { trainStarts: starts(apart), validationStarts: starts(fold) }
}

function epochsFor(windows: number, { shownWindows }: CommitteeOptions): number {
  return Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, Math.round(shownWindows / windows)))
}

/** What a member's training reports of the whole. A committee has no checkpoints: it is fitted in seconds. */
function hooksOf(
  { validation, seed, signal, onProgress }: FitContext,
  round: number,
  rounds: number,
): FitContext {
  return {
    validation,
    seed,
    signal,
    onProgress: onProgress && (progress => onProgress({ ...progress, round, rounds })),
  }
}
