import type { FitContext } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Random } from '../core/random.js'
import {
  createPredictor,
  initialWeights,
  type Network,
  type TrainingOptions,
  type TrainingResult,
  train,
} from '../nn/index.js'
import { type Checkpoint, checkpointState, loadCheckpoint } from './checkpoint.js'
import { seriesResiduals } from './network-online.js'
import { createWindowErrors } from './residuals.js'
import type { Runtime } from './runtime.js'

/** A contaminated history: windows that the trained network finds oddest are left out, and training begins again. */
export interface TrimOptions {
  /** Share of the windows left out in each round; 0 = none. */
  readonly trim?: number
  /** How often; by default once. */
  readonly trimRounds?: number
}

/** What a network is trained on: windows named by their first sample. */
export interface FitData {
  /** `[n * C]` scaled. */
  readonly series: Float32Array
  readonly trainStarts: Int32Array
  readonly validationStarts: Int32Array
}

/**
 * Trains a network, trims and trains again as often as is asked, reports progress and checkpoints, and stops when the caller wants it.
 *
 * @throws `interrupted` when the signal aborts and nothing is to be kept
 */
export async function fitNetwork(
  network: Network,
  data: FitData,
  options: TrainingOptions & TrimOptions,
  random: Random,
  context: FitContext,
  runtime: Runtime,
): Promise<TrainingResult> {
  const { trim = 0, trimRounds = 1 } = options
  const rounds = trim > 0 ? 1 + trimRounds : 1
  const initial = initialWeights(network, random.fork('weights'))
  let checkpoint: Checkpoint | undefined = context.resume && loadCheckpoint(network, context.resume)
  let round = checkpoint?.round ?? 0
  let trainStarts = checkpoint?.trainStarts ?? data.trainStarts
  for (;;) {
    const result = await fitRound(round)
    if (context.signal?.aborted && result.bestEpoch === 0)
      throw createError('interrupted', { what: 'training' })
    round++
    if (round === rounds || context.signal?.aborted) return result
    trainStarts = await withoutOddest(result.weights)
    checkpoint = undefined
  }

  async function fitRound(round: number): Promise<TrainingResult> {
    const engine = await runtime.engine(network, data.series)
    try {
      const windows = { trainStarts, validationStarts: data.validationStarts }
      const order = random.fork('order')
      const loop = train(engine, initial, windows, options, order, runtime.build, checkpoint?.training)
      let turn = loop.next()
      while (!turn.done) {
        const { state, ...progress } = turn.value
        if (state !== undefined && context.onCheckpoint !== undefined) {
          await context.onCheckpoint(checkpointState(network, { round, trainStarts, training: state() }))
        }
        context.onProgress?.({ ...progress, epochs: options.epochs, round, rounds })
        const pause = runtime.pause()
        if (pause) await pause
        const aborted = context.signal?.aborted
        if (aborted && !context.keepBest) throw createError('interrupted', { what: 'training' })
        turn = loop.next(aborted)
      }
      return turn.value
    } finally {
      engine.close()
    }
  }

  /** The windows without the share whose own error, each channel in units of its usual one, is largest. */
  async function withoutOddest(weights: Float32Array): Promise<Int32Array> {
    const { width } = network.inShape
    const errors = await windowErrorsOf(network, weights, data.series, runtime, context.signal)
    const last = (start: number) => (start + network.span - 1) * width
    const usual = new Float64Array(width)
    for (const start of trainStarts) {
      for (let c = 0; c < width; c++) usual[c] += errors[last(start) + c] / trainStarts.length
    }
    const scored = Array.from(trainStarts, start => {
      let score = 0
      for (let c = 0; c < width; c++) score += errors[last(start) + c] / Math.max(usual[c], Number.MIN_VALUE)
      return { start, score }
    })
    const kept = Math.max(1, Math.ceil((1 - trim) * scored.length))
    // Ties go by time, so that the same history gives the same windows.
    scored.sort((a, b) => a.score - b.score || a.start - b.start)
    return Int32Array.from(scored.slice(0, kept), ({ start }) => start).sort()
  }
}

/** `[n * C]` error of the window that ends at a sample. */
async function windowErrorsOf(
  network: Network,
  weights: Float32Array,
  series: Float32Array,
  runtime: Runtime,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const predictor = createPredictor(network, weights, runtime.build)
  const windowErrors = createWindowErrors(predictor, runtime)
  const settings = { alignment: 'causal', stride: 1, batchSize: 64 } as const
  const errors = await seriesResiduals(network, windowErrors, series, settings, runtime, signal)
  predictor.close()
  return errors
}
