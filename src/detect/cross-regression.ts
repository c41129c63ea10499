import type { FitContext, FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import type { Pauses } from '../core/pause.js'
import type { State } from '../core/state.js'
import { solvePositiveDefinite } from '../stats/index.js'
import { type CrossFitted, crossFit } from './cross-fit.js'
import type { Gram } from './gram.js'
import { type LocalModel, localDetector } from './local.js'

/** Weight of the penalty on squared coefficients, in samples of standard deviation 1. */
const RIDGE = 30

/**
 * Ridge regression of each channel on the others at the same sample, in closed form. All of them follow from one inverse: the error of channel j is
 * (P (x - mean))_j / P_jj, where P is the inverse of the covariance matrix with the penalty on its diagonal. The residual is the squared error, divided by its mean on
 * held-back quarters of the training part; expected is the prediction.
 *
 * Where channels follow each other its errors are much smaller than those of the leading principal components: it sees the first sample of a slow drift, and a relation for as long as it is
 * broken. A lasting change of operation breaks relations too, so `auto` places events by it and does not score with it.
 *
 * Frames are scaled, of two channels or more. Causal, without a memory; a sample with NaN is not scored. Cost: fit O(N C^2 + C^3), score O(N C^2). Source: Lauritzen, Graphical Models (1996), section 5.1.
 *
 * @throws DataError `data-too-short`; `interrupted` when the signal aborts
 */
export function crossRegression() {
  return {
    fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      return crossFit(train, 1, gram => solve(gram, channels, context), context)
    },
  }
}

/** Restores a saved regression of channels on each other. */
export function loadCrossRegression({ arrays }: State): FittedDetector {
  const { weights, centre, usualError } = arrays
  if (!weights || !centre || !usualError) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'weights, centre or usualError are missing',
    })
  }
  return localDetector(
    regressionModel(Float64Array.from(weights.data), Float64Array.from(centre.data)),
    Float64Array.from(usualError.data),
  )
}

async function solve({ size, sums }: Gram, channels: number, pauses: Pauses): Promise<LocalModel> {
  const count = sums[size * size - 1]
  const centre = sums.slice(channels * size, channels * size + channels).map(sum => sum / count)
  const penalised = new Float64Array(channels * channels)
  const weights = new Float64Array(channels * channels)
  for (let i = 0; i < channels; i++) {
    for (let j = 0; j < channels; j++)
      penalised[i * channels + j] = sums[i * size + j] - count * centre[i] * centre[j]
    penalised[i * channels + i] += RIDGE
    weights[i * channels + i] = 1
  }
  if (!(await solvePositiveDefinite(penalised, weights, channels, channels, pauses)))
    throw createError('bug', { reason: `a ridge of ${RIDGE} left the regression singular` })
  for (let i = 0; i < channels; i++) {
    const own = weights[i * channels + i]
    for (let j = 0; j < channels; j++) weights[i * channels + j] /= own
  }
  return regressionModel(weights, centre)
}

/** @param weights `[C * C]` rows of the inverse, each over its diagonal @param centre `[C]` */
function regressionModel(weights: Float64Array, centre: Float64Array): LocalModel {
  const channels = centre.length
  return {
    contextLength: 1,
    errors(values: Float32Array, { start, end }: Interval, out: Float64Array, expected?: Float32Array) {
      for (let i = start, at = 0; i < end; i++, at += channels) {
        for (let c = 0; c < channels; c++) {
          let rest = 0
          for (let j = 0, w = c * channels; j < channels; j++, w++)
            rest += weights[w] * (values[i * channels + j] - centre[j])
          if (expected) expected[at + c] = values[i * channels + c] - rest
          out[at + c] = rest ** 2
        }
      }
    },
    state: () => ({
      kind: 'detector:cross-regression',
      version: 1,
      options: {},
      arrays: {
        weights: { shape: [channels, channels], data: weights },
        centre: { shape: [channels], data: centre },
      },
    }),
  }
}
