import type { FitContext, FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import type { Pauses } from '../core/pause.js'
import type { State } from '../core/state.js'
import { solvePositiveDefinite } from '../stats/index.js'
import { type CrossFitted, crossFit, eighthOf } from './cross-fit.js'
import type { Gram } from './gram.js'
import { type LocalModel, localDetector } from './local.js'

export interface LinearVarOptions {
  /** Past samples that predict the next one; fewer when there are many channels or few samples. */
  readonly lags: number
  /** Weight of the penalty on squared coefficients, in samples of standard deviation 1. */
  readonly ridge: number
}

/** Most coefficients per channel: the cost of the solution grows with their third power. */
const MOST_COEFFICIENTS = 600

/**
 * Vector autoregression: each sample is predicted from the `lags` before it by one linear map, z_t = b + sum_k A_k z_{t-k}, fitted by
 * ridge regression in closed form. The score is the mean over channels of the squared error of prediction, each channel divided by its
 * mean on held-back quarters of the training part. Sees what breaks the short-term dynamics of a channel or its relation to others.
 *
 * Frames are scaled. Causal; the first `lags` samples are warm-up; a window with NaN is not scored. Cost: fit O(N lags C^2 + (lags C)^3),
 * score O(N lags C^2). Source: Lütkepohl, New Introduction to Multiple Time Series Analysis (2005), ch. 3 and 5.
 *
 * @throws DataError `data-too-short`; `interrupted` when the signal aborts
 */
export function linearVar({ lags, ridge }: LinearVarOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const most = Math.max(1, Math.floor(MOST_COEFFICIENTS / channels))
      const used = Math.min(lags, most, eighthOf(train))
      return crossFit(train, used + 1, gram => solve(gram, channels, used, ridge, context), context)
    },
  }
}

/** Restores a saved vector autoregression. */
export function loadLinearVar({ arrays }: State): FittedDetector {
  const { coefficients, usualError } = arrays
  const channels = usualError?.data.length ?? 0
  const lags = ((coefficients?.shape[0] ?? 0) - 1) / channels
  if (!Number.isInteger(lags)) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'coefficients or usualError are missing',
    })
  }
  return localDetector(
    varModel(Float64Array.from(coefficients.data), channels, lags),
    Float64Array.from(usualError.data),
  )
}

/** Ridge regression of the newest sample on the older ones; the constant is not penalised. */
async function solve(
  { size, sums }: Gram,
  channels: number,
  lags: number,
  ridge: number,
  pauses: Pauses,
): Promise<LocalModel> {
  const known = size - channels
  const left = new Float64Array(known * known)
  const right = new Float64Array(known * channels)
  for (let i = 0; i < known; i++) {
    const row = (i + channels) * size
    left.set(sums.subarray(row + channels, row + size), i * known)
    right.set(sums.subarray(row, row + channels), i * channels)
    left[i * known + i] += i < known - 1 ? ridge : Number.EPSILON * ridge
  }
  if (!(await solvePositiveDefinite(left, right, known, channels, pauses)))
    throw createError('bug', { reason: `a ridge of ${ridge} left the regression singular` })
  return varModel(right, channels, lags)
}

/** @param coefficients `[(lags * C + 1) * C]`: a row per lagged reading, newest sample first, then the constant */
function varModel(coefficients: Float64Array, channels: number, lags: number): LocalModel {
  const constant = coefficients.subarray(lags * channels * channels)
  return {
    contextLength: lags + 1,
    errors(values: Float32Array, { start, end }: Interval, out: Float64Array, expected?: Float32Array) {
      for (let i = start, at = 0; i < end; i++, at += channels) {
        const predicted = out.subarray(at, at + channels)
        predicted.set(constant)
        let row = 0
        for (let k = 1; k <= lags; k++) {
          const past = (i - k) * channels
          for (let j = 0; j < channels; j++) {
            const z = values[past + j]
            for (let c = 0; c < channels; c++) predicted[c] += z * coefficients[row++]
          }
        }
        expected?.set(predicted, at)
        for (let c = 0; c < channels; c++) predicted[c] = (values[i * channels + c] - predicted[c]) ** 2
      }
    },
    state: () => ({
      kind: 'detector:linear-var',
      version: 1,
      options: {},
      arrays: { coefficients: { shape: [lags * channels + 1, channels], data: coefficients } },
    }),
  }
}
