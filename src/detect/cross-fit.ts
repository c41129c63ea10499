import type { OnlineDetector, Scores } from '../core/contracts.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { mean } from '../stats/index.js'
import { addGram, type Gram, windowGram } from './gram.js'
import { LEAST_ERROR, type LocalModel, localDetector } from './local.js'
import { clipped, requireWindows, scoreFromResidual, silence, unscored, wholeWindows } from './scores.js'

/** A fitted detector and what it said about its training part, each sample judged by a fit that had not seen it. */
export interface CrossFitted extends OnlineDetector {
  /** Scores of the training frame. */
  readonly heldBack: Scores
  /** Scores of the same samples with other readings, faults put into them for one; missing readings stay where they were. */
  judge(frame: Frame): Scores
}

/** Writes the errors of scaled readings `[N * C]` of the training part, each sample judged by a fit that had not seen it; NaN = not judged. */
export type Judge = (values: Float32Array, errors: Float64Array) => void

const FOLDS = 4

/**
 * Fits a linear model of windows to all of the training part, and once more without each quarter of it, to learn how large its errors
 * are on samples it has not seen: with many channels and a short history they are several times the errors on samples it has.
 *
 * @param solve the model of a Gram matrix, see `windowGram`
 * @throws DataError `data-too-short` when there are fewer than 2 whole windows per quarter
 * Cost: one pass over the data, five solutions.
 */
export function crossFit(train: Frame, steps: number, solve: (gram: Gram) => LocalModel): CrossFitted {
  const channels = train.channels.length
  const values = clipped(train.values)
  const folds = quarters(wholeWindows(values, channels, steps), steps)
  const grams = folds.map(fold =>
    fold.map(part => windowGram(values, channels, steps, part)).reduce((a, b) => addGram(a, b, 1)),
  )
  const all = grams.reduce((a, b) => addGram(a, b, 1))
  const models = grams.map(gram => solve(addGram(all, gram, -1)))
  const model = solve(all)
  return withHeldBack(train, judgeFolds(folds, models, channels), usual => localDetector(model, usual))
}

/** Each fold judged by the model that was fitted without it. */
export function judgeFolds(
  folds: readonly (readonly Interval[])[],
  models: readonly LocalModel[],
  channels: number,
): Judge {
  return (values, errors) => {
    folds.forEach((fold, f) => {
      for (const part of fold)
        models[f].errors(values, part, errors.subarray(part.start * channels, part.end * channels))
    })
  }
}

/**
 * A detector that is standardised by the mean error of each channel.
 *
 * @param judge of the training part
 * @param make the detector for these means `[C]`
 * @param joint one mean for all channels, for errors that are parts of a whole
 */
export function withHeldBack(
  train: Frame,
  judge: Judge,
  make: (usual: Float64Array) => OnlineDetector,
  joint = false,
): CrossFitted {
  const channels = train.channels.length
  const errorsOf = (frame: Frame) => {
    const errors = new Float64Array(frame.values.length).fill(Number.NaN)
    judge(clipped(frame.values), errors)
    return errors
  }
  const errors = errorsOf(train)
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
  return { ...detector, heldBack: standardised(errors), judge: frame => standardised(errorsOf(frame)) }
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
export const eighthOf = (train: Frame): number => Math.max(1, Math.floor(sampleCount(train) / 8))
