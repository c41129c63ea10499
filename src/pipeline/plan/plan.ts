import { createRandom } from '../../core/random.js'
import { createWindowErrors, type Runtime, residualStream } from '../../detect/index.js'
import type { Model } from '../../model/index.js'
import {
  ARCHITECTURES,
  type ArchitectureDefinition,
  createNetwork,
  createOptimizer,
  createPredictor,
  describeNetwork,
  initialWeights,
  type Network,
  resolveArchitecture,
} from '../../nn/index.js'
import {
  clipSegments,
  largestBatch,
  splitHistory,
  type WindowMemory,
  type WindowShape,
  windowMemory,
  windowStarts,
} from '../../window/index.js'
import { filled, type TrainOptions } from '../settings/train-options.js'
import { chosenDetector, networkOf } from '../train/detectors.js'
import { learningBytes, type MemberPlan, planMembers, rehearseScore } from './plan-cheap.js'
import type { Survey } from './survey.js'

/** What work will take, found before it starts. */
export interface Plan {
  readonly samples: number
  readonly channels: number
  readonly window: number
  /** Windows that are learned from or scored. */
  readonly windows: number
  /** Of a network, as is the batch size below. */
  readonly parameters: number | null
  readonly memory: WindowMemory
  /** Peak of the whole process. */
  readonly peakBytes: number
  /** Of the work itself; `epoch` only for training. */
  readonly seconds: { readonly epoch?: number; readonly total: number }
  /** Windows per second, measured here on a rehearsal. */
  readonly windowsPerSecond: number
  readonly recommendedBatch: number | null
  /** Of a detector that combines several: how long each learns. */
  readonly members?: readonly MemberPlan[]
}

/** The resources of this process, given so that tests can give their own. */
export interface Meter {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Memory of the process at its highest so far, bytes. */
  peakBytes(): number
  /** Bytes that may be used. */
  readonly availableBytes: number
}

export const processMeter = (availableBytes: number): Meter => ({
  now: () => performance.now(),
  peakBytes: () => process.resourceUsage().maxRSS * 1024,
  availableBytes,
})

/** How a table will be scored. */
export interface ScoringChoice {
  readonly stride?: number
  readonly batchSize?: number
  /** Samples that are in memory at once, when the table is scored chunk by chunk; default: all. */
  readonly held?: number
}

/** How long each rehearsal runs, at least. */
const REHEARSAL_MS = 1000
/** Rounds of it at most, and the growth from one to the next that ends it. */
const MOST_ROUNDS = 6
const STEADY = 1.05
/** Windows scored together by default. */
const SCORED_TOGETHER = 64
/** Steps of the optimizer that an epoch should have: fewer learn slowly. */
const STEPS_PER_EPOCH = 100
/** Results kept per sample while scoring: score, flag, reason, and times once more for the output. */
const RESULT_BYTES = 24
/** Bytes of a sample as it is read: its time, its label, and float64 for each channel. */
const readBytes = (channels: number) => 9 + 8 * channels

/**
 * Plans the scoring of a table by a model: an interval of random numbers goes through the model's network as the data will, and is extrapolated.
 *
 * Cost: a few seconds at most.
 */
export async function planScoring(
  model: Model,
  { samples, channels: names, segments }: Survey,
  runtime: Runtime,
  meter: Meter,
  { stride = 1, batchSize = SCORED_TOGETHER, held = samples }: ScoringChoice = {},
): Promise<Plan> {
  const network = networkOf(model.detector)?.network
  if (network === undefined) {
    const secondsPerSample = await rehearseScore(model.detector, names, meter.now)
    return cheapPlan({ samples, channels: names.length }, held, meter, { total: secondsPerSample * samples })
  }
  const windows = windowStarts(segments, network.span, stride).length
  const channels = names.length
  const rate = await rehearseScoring(network, runtime, meter, { windows, stride, batchSize })
  const shape = { samples, channels, window: network.span, stride }
  return {
    ...networkPlan(network, shape, { windows, batchSize, held }, meter),
    seconds: { total: windows / rate },
    windowsPerSecond: rate,
    recommendedBatch: scoringBatch(network, shape, meter.availableBytes),
  }
}

/**
 * Plans a training: some steps of the optimizer run on random numbers, on as many threads as the training will have, and are extrapolated to
 * all epochs; early stopping may end it sooner.
 *
 * Errors: `data-too-short`, and those of `resolveArchitecture`. Cost: a few seconds at most.
 */
export async function planTraining(
  survey: Survey,
  architecture: ArchitectureDefinition | undefined,
  asked: Omit<TrainOptions, 'out' | 'keepBest'>,
  runtime: Runtime,
  meter: Meter,
): Promise<Plan> {
  const { samples, segments } = survey
  const channels = survey.channels.length
  const name = chosenDetector(asked)
  const options = filled(asked)
  const { window, stride, units, latent, loss, batchSize, epochs } = options
  if (name !== 'autoencoder') {
    splitHistory(samples, window, options.validationShare, options.calibrationShare)
    const members = await planMembers(survey, architecture, name, options, runtime, meter.now)
    const total = members.reduce((sum, { seconds }) => sum + seconds, 0)
    const sampleBytes = readBytes(channels) + learningBytes(channels, members.length)
    return {
      ...cheapPlan({ samples, channels }, samples, meter, { total }),
      peakBytes: meter.peakBytes() + samples * sampleBytes,
      ...(members.length > 1 && { members }),
    }
  }
  const definition = architecture ?? ARCHITECTURES[0]
  const span = window + (definition.horizon ?? 0)
  const parts = splitHistory(samples, span, options.validationShare, options.calibrationShare)
  const count = (part: keyof typeof parts, step: number) =>
    windowStarts(clipSegments(segments, parts[part]), span, step).length
  const windows = count('train', stride)
  const network = createNetwork(resolveArchitecture(definition, { window, channels, units, latent, loss }))
  const training = await rehearseTraining(network, runtime, meter, batchSize, options.optimizer)
  const heldBack = count('validation', 1) + count('calibration', 1)
  const scoring = await rehearseScoring(network, runtime, meter, {
    windows: heldBack,
    stride: 1,
    batchSize: SCORED_TOGETHER,
  })
  const epoch = windows / training.learning + count('validation', stride) / training.evaluating
  const afterwards = heldBack / scoring
  const shape = { samples, channels, window: span, stride }
  return {
    ...networkPlan(network, shape, { windows, batchSize, held: samples }, meter),
    seconds: { epoch, total: epochs * epoch + afterwards },
    windowsPerSecond: training.learning,
    recommendedBatch: trainingBatch(network, shape, windows, meter.availableBytes),
  }
}

/**
 * What the plans of training and scoring with a network have in common: sizes, and memory. Surveying and the rehearsal have shown what the program,
 * its threads and its buffers take; then come, per sample, the scaled frame or its parts, its shared copy, and the residuals or the columns of checks.
 *
 * @param held samples in memory at a time
 */
function networkPlan(
  network: Network,
  shape: WindowShape & Pick<Plan, 'samples'>,
  {
    windows,
    batchSize,
    held,
  }: { readonly windows: number; readonly batchSize: number; readonly held: number },
  meter: Meter,
): Omit<Plan, 'seconds' | 'windowsPerSecond' | 'recommendedBatch'> {
  const { channels } = shape
  const sampleBytes = readBytes(channels) + 16 * channels + RESULT_BYTES
  return {
    ...shape,
    windows,
    parameters: network.parameterCount,
    memory: windowMemory(shape, batchSize),
    peakBytes: meter.peakBytes() + held * sampleBytes,
  }
}

/** The plan of a detector without a network. */
function cheapPlan(
  { samples, channels }: Pick<Plan, 'samples' | 'channels'>,
  held: number,
  meter: Meter,
  seconds: Plan['seconds'],
): Plan {
  const shape = { samples, channels, window: 1, stride: 1 }
  // The frame, the scaled frame, residuals and a result.
  const sampleBytes = readBytes(channels) + 12 * channels + RESULT_BYTES
  return {
    ...shape,
    windows: shape.samples,
    parameters: null,
    memory: windowMemory(shape, 1),
    peakBytes: meter.peakBytes() + held * sampleBytes,
    seconds,
    windowsPerSecond: shape.samples / seconds.total,
    recommendedBatch: null,
  }
}

/** Windows of a push in a rehearsal. */
const REHEARSED_WINDOWS = 1024

/**
 * Windows per second of scoring: intervals that grow until one is long enough, or as long as the work, and of that one the second half. The first
 * one only starts the threads and compiles the code: on a busy machine that takes longer than the work itself.
 */
async function rehearseScoring(
  network: Network,
  runtime: Runtime,
  { now }: Meter,
  work: { readonly windows: number; readonly stride: number; readonly batchSize: number },
): Promise<number> {
  const { stride, batchSize } = work
  const { span } = network
  const { width } = network.inShape
  const weights = initialWeights(network, createRandom(1))
  const options = { alignment: 'two-sided', stride, batchSize } as const
  const windowErrors = createWindowErrors(createPredictor(network, weights, runtime.build), runtime)
  let isWarm = false
  for (let windows = 4 * batchSize; ; ) {
    windows = Math.max(1, Math.min(windows, work.windows))
    const samples = (windows - 1) * stride + span
    const series = randomSeries(network, samples)
    const started = now()
    let half = { done: 0, at: started }
    let last = half
    const stream = residualStream(network, windowErrors, options)
    const slice = REHEARSED_WINDOWS * stride
    for (let done = 0; done < samples; done += slice) {
      stream.push(series.subarray(done * width, (done + slice) * width))
      last = { done: Math.min(samples, done + slice), at: now() }
      if (half.done < samples / 2) half = last
      await runtime.pause()
    }
    const elapsed = Math.max(1, now() - started)
    if ((isWarm && elapsed >= 2 * REHEARSAL_MS) || windows >= work.windows) {
      const isSplit = last.done > half.done && last.at > half.at
      const perMs = isSplit ? (last.done - half.done) / (last.at - half.at) : samples / elapsed
      return (1000 * perMs) / stride
    }
    isWarm = true
    windows *= Math.ceil(Math.min(8, (3 * REHEARSAL_MS) / elapsed))
  }
}

/** Windows per second of learning and of evaluating without learning. */
async function rehearseTraining(
  network: Network,
  runtime: Runtime,
  meter: Meter,
  batchSize: number,
  optimizerType: NonNullable<TrainOptions['optimizer']> = 'adam',
): Promise<{ learning: number; evaluating: number }> {
  const { span } = network
  const samples = Math.max(4096, 4 * batchSize) + span
  const engine = await runtime.engine(network, randomSeries(network, samples))
  const optimizer = createOptimizer(
    { type: optimizerType },
    initialWeights(network, createRandom(1)),
    runtime.build,
  )
  const random = createRandom(2)
  const starts = Int32Array.from({ length: batchSize }, () => random.integer(samples - span))
  const many = Int32Array.from({ length: 1024 }, () => random.integer(samples - span))
  try {
    engine.load(optimizer.weights)
    const learning = await rateOf(runtime, meter, batchSize, () => {
      engine.gradient(starts, optimizer.gradients)
      optimizer.step(1e-3)
      engine.load(optimizer.weights)
    })
    const evaluating = await rateOf(runtime, meter, many.length, () => engine.loss(many))
    return { learning, evaluating }
  } finally {
    engine.close()
  }
}

/** Windows per second of a step, once it grows no more: until then threads start and code gets compiled. */
async function rateOf(
  runtime: Runtime,
  { now }: Meter,
  windows: number,
  step: () => unknown,
): Promise<number> {
  const runFor = async (ms: number) => {
    const started = now()
    let done = 0
    do {
      step()
      done += windows
      await runtime.pause()
    } while (now() - started < ms)
    return (1000 * done) / (now() - started)
  }
  let rate = 0
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const latest = await runFor(REHEARSAL_MS)
    const isSteady = latest < STEADY * rate
    // A slower round is one in which the machine did something else.
    rate = Math.max(rate, latest)
    if (isSteady) break
  }
  return rate
}

function randomSeries(network: Network, samples: number): Float32Array {
  const random = createRandom(1)
  return Float32Array.from({ length: samples * network.inShape.width }, () => random.normal())
}

/** As many windows as are fast together, fewer where memory is short. */
function scoringBatch(
  network: Network,
  shape: Parameters<typeof largestBatch>[0],
  availableBytes: number,
): number {
  const { activationBytes } = describeNetwork(network.architecture)
  return Math.max(1, Math.min(SCORED_TOGETHER, largestBatch(shape, availableBytes, activationBytes)))
}

/** The largest power of two from 16 to 256 that leaves enough steps in an epoch and fits into memory. */
function trainingBatch(
  network: Network,
  shape: Parameters<typeof largestBatch>[0],
  windows: number,
  availableBytes: number,
): number {
  const { activationBytes } = describeNetwork(network.architecture)
  const wanted = Math.max(16, Math.min(256, windows / STEPS_PER_EPOCH))
  // Training keeps what the way back needs: about four times the activations.
  const most = Math.max(1, Math.min(wanted, largestBatch(shape, availableBytes, 4 * activationBytes)))
  return 2 ** Math.floor(Math.log2(most))
}
