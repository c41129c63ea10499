import type { FittedDetector } from '../core/contracts.js'
import { asScaled, type Frame, type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import type { Model } from '../model/index.js'
import { mad, quantile, solvePositiveDefinite } from '../stats/index.js'
import type { Reference, ScoredSeries } from './reference.js'

/** What a channel should read, and how far off it usually is. */
export interface ExpectedReadings {
  /** `[n]` in the unit of the channel; NaN where it is unknown. */
  readonly values: Float64Array
  /** Robust standard deviation of reading minus expected in normal operation. */
  readonly usualError: number
}

/** What channels should read given the other channels. */
export interface ChannelExpectation {
  /**
   * @param channel number of the channel
   * @param without further channels that are not trusted as evidence
   * @param range samples
   */
  of(channel: number, without: readonly number[], range: Interval): Promise<ExpectedReadings>
}

/** What is expected of some channels, `[n * S]` in their units, from the others in the same sample. */
type Given = (samples: Frame) => Promise<Float64Array>

/** Samples of normal operation in which the usual error is measured. */
const MOST_SAMPLES = 1000
/** Pulls a channel that the others say little about towards its mean: share of the variance that is noise. */
const NOISE = 0.1
/** Standard deviations beyond which evidence counts no more: one wild sensor must not move what is expected of the others. */
const CLIP = 6

/**
 * What each channel reads given the others, by the principal components of the history that a model keeps (`Model.baseline`): the reading at which the
 * channel lies in the subspace of the components. A detector that follows its own past expects a fault to continue; the other channels do not. A single
 * channel, and a model without components, has what the detector expected, else the median.
 *
 * Cost: one pass of the components over the samples that are asked for, and over 1000 of normal operation once per channel and set.
 */
export function learnExpectation(
  model: Pick<Model, 'scaler' | 'baseline'>,
  series: ScoredSeries,
  reference: Reference,
): ChannelExpectation {
  const { frame } = series
  const width = frame.channels.length
  const step = Math.max(1, reference.rows.length / MOST_SAMPLES)
  const rows = Int32Array.from(
    { length: Math.floor(reference.rows.length / step) },
    (_, k) => reference.rows[Math.floor(k * step)],
  )
  const normal = rowsOf(frame, rows)
  const errors = new Map<string, Promise<number>>()
  const { baseline } = model
  const readings = async (samples: Frame, sets: readonly number[], at: (i: number) => number) =>
    baseline && width > sets.length
      ? byComponents(model, baseline, sets)(samples)
      : fallback(series, reference, sets[0], sampleCount(samples), at)

  async function errorOf(sets: readonly number[]): Promise<number> {
    const expected = await readings(normal, sets, i => rows[i])
    const [channel] = sets
    return robustError(
      expected.map((value, i) => normal.values[i * width + channel] - value),
      reference.channels[channel].median,
    )
  }

  return {
    async of(channel, without, { start, end }) {
      const sets = [channel, ...without.filter(c => c !== channel).sort((a, b) => a - b)]
      const key = sets.join()
      const usualError = errors.get(key) ?? errorOf(sets)
      errors.set(key, usualError)
      const values = await readings(sliceFrame(frame, start, end), sets, i => start + i)
      return { values, usualError: await usualError }
    },
  }
}

function rowsOf(frame: Frame, rows: Int32Array): Frame {
  const width = frame.channels.length
  const values = new Float64Array(rows.length * width)
  rows.forEach((row, k) => {
    values.set(frame.values.subarray(row * width, (row + 1) * width), k * width)
  })
  return { ...frame, timeMs: Float64Array.from(rows, i => frame.timeMs[i]), values }
}

/**
 * The reading of the first channel of `unknown` at which all channels of it lie in the subspace. Components expect P x of a centred sample x; for
 * unknown x_S this is a linear system, (I - P_SS) x_S = P_SR x_R, whose matrix is the same for every sample.
 */
function byComponents(
  { scaler }: Pick<Model, 'scaler'>,
  baseline: FittedDetector,
  unknown: readonly number[],
): Given {
  const size = unknown.length
  return async samples => {
    const width = samples.channels.length
    const scaled = scaler.transform(samples)
    const known = Float32Array.from(scaled.values, (value, at) =>
      unknown.includes(at % width) || Number.isNaN(value) ? 0 : Math.max(-CLIP, Math.min(CLIP, value)),
    )
    const expect = (values: Float32Array) => {
      const timeMs = Float64Array.from({ length: values.length / width }, (_, i) => i)
      const scorer = baseline.online({ expected: true })
      const { expected } = scorer.push(asScaled({ ...scaled, timeMs }, values))
      return expected as Float32Array
    }
    const probes = new Float32Array((size + 1) * width)
    unknown.forEach((c, k) => {
      probes[(k + 1) * width + c] = 1
    })
    const answers = expect(probes)
    const matrix = Float64Array.from({ length: size * size }, (_, at) => {
      const [row, column] = [Math.floor(at / size), at % size]
      const slope = answers[(column + 1) * width + unknown[row]] - answers[unknown[row]]
      return (row === column ? 1 + NOISE : 0) - slope
    })
    const n = sampleCount(samples)
    const wanted = expect(known)
    const right = new Float64Array(size * n)
    unknown.forEach((c, k) => {
      for (let i = 0; i < n; i++) right[k * n + i] = wanted[i * width + c]
    })
    await solvePositiveDefinite(matrix, right, size, n)
    const values = new Float64Array(n * width)
    unknown.forEach((c, k) => {
      for (let i = 0; i < n; i++) values[i * width + c] = right[k * n + i]
    })
    const readings = scaler.inverse(asScaled(samples, Float32Array.from(values))).values
    return Float64Array.from({ length: n }, (_, i) => readings[i * width + unknown[0]])
  }
}

function fallback(
  { expected, frame }: ScoredSeries,
  { channels }: Reference,
  channel: number,
  count: number,
  at: (i: number) => number,
): Float64Array {
  const width = frame.channels.length
  return Float64Array.from({ length: count }, (_, i) => {
    const known = expected?.[at(i) * width + channel] ?? Number.NaN
    return Number.isNaN(known) ? channels[channel].median : known
  })
}

/** Standard deviation of the errors by the larger of two robust estimates, about 0; never 0. */
function robustError(errors: Float64Array, level: number): number {
  const sizes = errors.filter(Number.isFinite).map(Math.abs)
  const error = sizes.length > 0 ? Math.max(1.4826 * mad(sizes), quantile(sizes, 0.9) / 1.645) : 0
  return Math.max(error, 1e-6 * Math.max(1e-6, Math.abs(level)))
}
