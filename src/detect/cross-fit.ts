import type { FittedDetector, Scores } from '../core/contracts.js'
import { type Interval, type ScaledFrame, sampleCount } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { mean } from '../stats/index.js'
import { addGram, type Gram, windowGram } from './gram.js'
import { LEAST_ERROR, type LocalModel, localDetector } from './local.js'
import { clipped, requireWindows, scoreFromResidual, silence, unscored, wholeWindows } from './scores.js'

/**
 * A fitted detector, causal by nature, and what it said about its training part, each sample scored by a fit that had not seen it.
 */
export interface CrossFitted extends FittedDetector {
  /** Scores of the training frame. */
  readonly heldBack: Scores
  /** Scores of the same samples with other readings, faults put into them for one; missing readings stay where they were. */
  scoreHeldBack(frame: ScaledFrame, pauses?: Pauses): Promise<Scores>
}

/** Writes the errors of scaled readings `[N * C]` of the training part, each sample scored by a fit that had not seen it; NaN = not scored. */
export type HeldBackScorer = (values: Float32Array, errors: Float64Array, pauses: Pauses) => Promise<void>

const FOLDS = 4
/** Samples that are scored between two pauses: some ms of the most expensive detector, and what the kernels take at once. */
export const SCORED_AT_ONCE = 64

/**
 * Fits a linear model of windows to all of the training part, and once more without each quarter of it, to learn how large its errors
 * are on samples it has not seen: with many channels and a short history they are several times the errors on samples it has.
 *
 * @param solve the model of a Gram matrix, see `windowGram`
 * @throws DataError `data-too-short` when there are fewer than 2 whole windows per quarter; `interrupted`
 * Cost: one pass over the data, five solutions.
 */
export async function crossFit(
  train: ScaledFrame,
  steps: number,
  solve: (gram: Gram) => Promise<LocalModel>,
  pauses: Pauses,
): Promise<CrossFitted> {
  const channels = train.channels.length
  const values = clipped(train.values)
  const folds = quarters(wholeWindows(values, channels, steps), steps)
  const grams: Gram[] = []
  for (const fold of folds) {
    const parts: Gram[] = []
    for (const part of fold) parts.push(await windowGram(values, channels, steps, part, pauses))
    grams.push(parts.reduce((a, b) => addGram(a, b, 1)))
  }
  const all = grams.reduce((a, b) => addGram(a, b, 1))
  const models: LocalModel[] = []
  for (const gram of grams) {
    models.push(await solve(addGram(all, gram, -1)))
    await breathe(pauses)
  }
  const model = await solve(all)
  const scorer = foldScorer(folds, models, channels)
  return withHeldBack(train, scorer, usual => localDetector(model, usual), pauses)
}

/** Each fold scored by the model that was fitted without it. */
export function foldScorer(
  folds: readonly (readonly Interval[])[],
  models: readonly LocalModel[],
  channels: number,
): HeldBackScorer {
  return async (values, errors, pauses) => {
    for (const [f, fold] of folds.entries())
      await scoreParts(fold, channels, errors, pauses, (part, out) => models[f].errors(values, part, out))
  }
}

/**
 * Scores the samples of these parts, `SCORED_AT_ONCE` at a time.
 *
 * @param write writes the errors of some samples, those of the first at the front
 */
export async function scoreParts(
  parts: readonly Interval[],
  channels: number,
  errors: Float64Array,
  pauses: Pauses,
  write: (part: Interval, out: Float64Array) => void,
): Promise<void> {
  for (const part of parts) {
    for (let start = part.start; start < part.end; start += SCORED_AT_ONCE) {
      const end = Math.min(start + SCORED_AT_ONCE, part.end)
      write({ start, end }, errors.subarray(start * channels, end * channels))
      await breathe(pauses)
    }
  }
}

/**
 * A detector that is standardised by the mean error of each channel.
 *
 * @param scorer of the training part
 * @param make the detector for these means `[C]`
 * @param pauses of this fit
 * @param joint one mean for all channels, for errors that are parts of a whole
 */
export async function withHeldBack(
  train: ScaledFrame,
  scorer: HeldBackScorer,
  make: (usual: Float64Array) => FittedDetector,
  pauses: Pauses,
  joint = false,
): Promise<CrossFitted> {
  const channels = train.channels.length
  const errorsOf = async (frame: ScaledFrame, pauses: Pauses) => {
    const errors = new Float64Array(frame.values.length).fill(Number.NaN)
    await scorer(clipped(frame.values), errors, pauses)
    return errors
  }
  const errors = await errorsOf(train, pauses)
  const means = columnMeans(errors, channels)
  const usual = joint ? means.fill(mean(means)) : means
  const detector = make(usual)
  const standardised = (errors: Float64Array): Scores => {
    const n = errors.length / channels
    const scores = unscored(n, channels)
    for (let i = 0, at = 0; i < n; i++) {
      for (let c = 0; c < channels; c++, at++) scores.residual[at] = errors[at] / (usual[c] + LEAST_ERROR)
      scoreFromResidual(scores, i, channels)
      if (Number.isNaN(scores.score[i])) scores.reason[i] = silence(i, detector.contextLength)
    }
    return scores
  }
  return {
    ...detector,
    heldBack: standardised(errors),
    scoreHeldBack: async (frame, pauses = {}) => standardised(await errorsOf(frame, pauses)),
  }
}

/** Cuts the whole windows into quarters of the same length, in time order. */
export function quarters(whole: readonly Interval[], steps: number): Interval[][] {
  const total = whole.reduce((sum, { start, end }) => sum + end - start, 0)
  requireWindows(total, 2 * FOLDS, steps)
  const folds: Interval[][] = Array.from({ length: FOLDS }, () => [])
  let before = 0
  for (const { start, end } of whole) {
    for (let f = 0; f < FOLDS; f++) {
      const from = Math.max(start, start + Math.round((f * total) / FOLDS) - before)
      const to = Math.min(end, start + Math.round(((f + 1) * total) / FOLDS) - before)
      if (from < to) folds[f].push({ start: from, end: to })
    }
    before += end - start
  }
  return folds
}

function columnMeans(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  let rows = 0
  for (let i = 0; i < values.length; i += columns) {
    if (Number.isNaN(values[i])) continue
    rows++
    for (let c = 0; c < columns; c++) sums[c] += values[i + c]
  }
  return sums.map(sum => sum / rows)
}

/** An eighth of a frame's samples, at least one: longer windows leave too few to learn from. */
export const eighthOf = (train: ScaledFrame): number => Math.max(1, Math.floor(sampleCount(train) / 8))
