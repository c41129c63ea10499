import type { FitContext, FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import type { Pauses } from '../core/pause.js'
import type { State } from '../core/state.js'
import { symmetricEigen } from '../stats/index.js'
import { type CrossFitted, crossFit, eighthOf } from './cross-fit.js'
import type { Gram } from './gram.js'
import { type LocalModel, localDetector } from './local.js'

export interface PcaOptions {
  /** Samples in a window: 1 looks at relations between channels only, more (Sub-PCA) at shapes in time too. */
  readonly window: number
  /** Share of the variance that the kept components explain, in (0, 1). */
  readonly share: number
  /**
   * `q`: squared distance from the subspace of the kept components (a relation is broken). `t2`: squared distance from the mean within
   * that subspace, each component in its standard deviations (known relations, unusual size).
   */
  readonly statistic: 'q' | 't2'
}

/** Most readings in a window: the cost of the decomposition grows with their third power. */
const MOST_READINGS = 400
/** Smallest variance of a component, in squared standard deviations. */
const LEAST_VARIANCE = 1e-6

/**
 * Principal component analysis of windows: what the leading components do not explain (Q, the squared prediction error), or how far the
 * window lies from the mean inside them (Hotelling's T2). The error of a channel is the mean over the window's samples of its part,
 * divided by its mean on held-back quarters of the training part; the score is the mean over channels.
 *
 * Expected is the projection of the newest sample onto the subspace (Q), or the mean (T2).
 *
 * T2 is split over the readings as the squares of x = U L^(-1/2) U' v, whose sum it is.
 *
 * Frames are scaled. Causal; the first `window` - 1 samples are warm-up; a window with NaN is not scored. Cost: fit O(N T C^2 + (T C)^3),
 * score O(N k T C) for k components. Source: Jackson & Mudholkar, Technometrics 21 (1979), eq. 2.2; Aggarwal, Outlier Analysis (2017), 9.3.
 *
 * @throws DataError `data-too-short`; `interrupted` when the signal aborts
 */
export function pca(options: PcaOptions) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const most = Math.max(1, Math.floor(MOST_READINGS / channels))
      const window = Math.min(options.window, most, eighthOf(train))
      return crossFit(train, window, gram => solve(gram, channels, options, context), context)
    },
  }
}

/** Restores a saved principal component analysis. */
export function loadPca({ arrays, options }: State): FittedDetector {
  const { components, centre, usualError } = arrays
  const { statistic } = options as { statistic?: unknown }
  if (!components || !centre || !usualError || (statistic !== 'q' && statistic !== 't2')) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'components, centre, usualError or the statistic are missing',
    })
  }
  const projection = {
    components: Float64Array.from(components.data),
    centre: Float64Array.from(centre.data),
  }
  const usual = Float64Array.from(usualError.data)
  return localDetector(pcaModel(projection, usual.length, statistic), usual)
}

interface Projection {
  /** `[k * (T C)]`, a row per component; for T2 scaled by the fourth root of its inverse variance, so that applying it twice whitens. */
  readonly components: Float64Array
  /** `[T C]` mean window, newest sample first. */
  readonly centre: Float64Array
}

async function solve(
  { size, sums }: Gram,
  channels: number,
  { share, statistic }: PcaOptions,
  pauses: Pauses,
): Promise<LocalModel> {
  const readings = size - 1
  const count = sums[size * size - 1]
  const centre = sums.subarray(readings * size, readings * size + readings).map(sum => sum / count)
  const covariance = new Float64Array(readings * readings)
  for (let i = 0; i < readings; i++)
    for (let j = 0; j < readings; j++)
      covariance[i * readings + j] = sums[i * size + j] / count - centre[i] * centre[j]
  const { values, vectors } = await symmetricEigen(covariance, readings, pauses)
  const varying = values.filter((_, j) => covariance[j * readings + j] > LEAST_VARIANCE).length
  const kept = leading(values, share, statistic === 'q' ? Math.max(0, varying - 1) : values.length)
  const components = vectors.slice(0, kept * readings)
  if (statistic === 't2') {
    for (let k = 0; k < kept; k++) {
      const factor = Math.max(values[k], LEAST_VARIANCE) ** -0.25
      for (let j = 0; j < readings; j++) components[k * readings + j] *= factor
    }
  }
  return pcaModel({ components, centre }, channels, statistic)
}

/** Number of leading eigenvalues that hold `share` of their sum, at most `most`: of the readings that vary Q needs one that is left out, T2 one that is kept. */
function leading(values: Float64Array, share: number, most: number): number {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  let sum = 0
  let kept = 0
  while (kept < most && sum < share * total) sum += values[kept++]
  return kept
}

function pcaModel(
  { components, centre }: Projection,
  channels: number,
  statistic: PcaOptions['statistic'],
): LocalModel {
  const readings = centre.length
  const steps = readings / channels
  const kept = components.length / readings
  const window = new Float64Array(readings)
  const projected = new Float64Array(readings)
  return {
    contextLength: steps,
    errors(values: Float32Array, { start, end }: Interval, out: Float64Array, expected?: Float32Array) {
      for (let i = start, at = 0; i < end; i++, at += channels) {
        for (let lag = 0, j = 0; lag < steps; lag++) {
          const first = (i - lag) * channels
          for (let c = 0; c < channels; c++, j++) window[j] = values[first + c] - centre[j]
        }
        projected.fill(0)
        for (let k = 0, row = 0; k < kept; k++, row += readings) {
          let weight = 0
          for (let j = 0; j < readings; j++) weight += components[row + j] * window[j]
          for (let j = 0; j < readings; j++) projected[j] += components[row + j] * weight
        }
        for (let c = 0; c < channels; c++) {
          // T2 measures from the mean, Q from the nearest point of the subspace.
          if (expected) expected[at + c] = centre[c] + (statistic === 'q' ? projected[c] : 0)
          let sum = 0
          for (let j = c; j < readings; j += channels)
            sum += (statistic === 'q' ? window[j] - projected[j] : projected[j]) ** 2
          out[at + c] = sum / steps
        }
      }
    },
    state: () => ({
      kind: 'detector:pca',
      version: 1,
      options: { statistic },
      arrays: {
        components: { shape: [kept, readings], data: components },
        centre: { shape: [readings], data: centre },
      },
    }),
  }
}
