import type { Frame, Interval } from '../core/frame.js'
import { COMPONENT_NOISE, componentMap, EVIDENCE_LIMIT, scalerUnits } from '../detect/index.js'
import type { Model } from '../model/index.js'
import { mad, quantile, solvePositiveDefinite } from '../stats/index.js'
import { columnOf, type Reference, type ScoredSeries } from './reference.js'

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

/** Usual errors by the set that is asked for, of each reference: events of live data share one. */
const errorsOf = new WeakMap<Reference, Map<string, number>>()

/** Samples to ask for expected readings, and the same as evidence, where a model has components. */
interface Source extends Pick<ScoredSeries, 'frame' | 'expected'> {
  readonly evidence: Float32Array | undefined
}

/** The expected scaled reading of a channel as a weighted sum of the others. */
interface Weights {
  /** `[C]` 0 for the channel itself and for those that are not trusted. */
  readonly weights: Float64Array
  readonly constant: number
}

/** Samples of normal operation in which the usual error is measured. */
const MOST_SAMPLES = 1000

/**
 * What each channel reads given the others, by the principal components of the history that a model keeps (`Model.baseline`): the reading at which the
 * channel lies in the subspace of the components. A detector that follows its own past expects a fault to continue; the other channels do not. A single
 * channel, and a model without components, has what the detector expected, else the median.
 *
 * Cost: once O(N C) to scale the series; O(C) per sample and channel that is asked for, and over 1000 samples of normal operation once per channel and set.
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
  const { baseline, scaler } = model
  const evidenceOf = (of: Frame) => baseline && evidence(scaler.transform(of).values)
  const own = { frame, evidence: evidenceOf(frame), expected: series.expected }
  const isOwn = reference.frame === frame
  const normal = isOwn
    ? own
    : { frame: reference.frame, evidence: evidenceOf(reference.frame), expected: undefined }
  const slopes = baseline && componentMap(baseline, frame)
  const units = scalerUnits(scaler, frame)
  const known = new Map<string, Promise<Weights>>()
  const errors = errorsOf.get(reference) ?? new Map<string, number>()
  errorsOf.set(reference, errors)

  const weightsOf = (set: readonly number[]): Promise<Weights> | undefined => {
    if (slopes === undefined || width <= set.length) return
    const key = set.join()
    const weights = known.get(key) ?? solveFor(slopes, width, set)
    known.set(key, weights)
    return weights
  }
  const expectedAt = (source: Source, channel: number, weights: Weights | undefined) => {
    const known = source.evidence
    if (weights === undefined || known === undefined) return fallback(source, reference, channel)
    const { offset, scale } = units[channel]
    return (i: number) => offset + scale * weightedSum(weights, known, i * width)
  }
  const usualErrorOf = (at: (i: number) => number, channel: number) => {
    const errors = columnOf(reference.frame, rows, channel)
    for (let k = 0; k < rows.length; k++) errors[k] -= at(rows[k])
    return robustError(errors, reference.channels[channel].median)
  }
  return {
    async of(channel, without, { start, end }) {
      const set = [channel, ...without.filter(c => c !== channel).sort((a, b) => a - b)]
      const weights = await weightsOf(set)
      const at = expectedAt(own, channel, weights)
      const key = set.join()
      const usualError = errors.get(key) ?? usualErrorOf(expectedAt(normal, channel, weights), channel)
      errors.set(key, usualError)
      const values = new Float64Array(end - start)
      for (let i = 0; i < values.length; i++) values[i] = at(start + i)
      return { values, usualError }
    },
  }
}

/**
 * The weights of the others in the reading of the first channel of a set at which all channels of it lie in the subspace. Components expect P x of a sample
 * x; for an unknown x_S this is a linear system, (I - P_SS) x_S = P_SR x_R + q_S, whose matrix is the same for every sample. Cost O(S^3 + S C).
 */
async function solveFor(slopes: Float64Array, width: number, set: readonly number[]): Promise<Weights> {
  const size = set.length
  const slope = (to: number, from: number) => slopes[(from + 1) * width + to]
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size]
    return (row === column ? 1 + COMPONENT_NOISE : 0) - slope(set[row], set[column])
  })
  const first = Float64Array.from(set, (_, k) => (k === 0 ? 1 : 0))
  await solvePositiveDefinite(matrix, first, size, 1)
  const weights = new Float64Array(width)
  let constant = 0
  set.forEach((to, k) => {
    constant += first[k] * slopes[to]
    for (let from = 0; from < width; from++)
      if (!set.includes(from)) weights[from] += first[k] * slope(to, from)
  })
  return { weights, constant }
}

/** Scaled readings as far as they count, in place: those that are missing as usual ones, wild ones as far as the limit. */
function evidence(scaled: Float32Array): Float32Array {
  for (let at = 0; at < scaled.length; at++) {
    const value = scaled[at]
    scaled[at] = Number.isNaN(value) ? 0 : Math.min(EVIDENCE_LIMIT, Math.max(value, -EVIDENCE_LIMIT))
  }
  return scaled
}

function weightedSum({ weights, constant }: Weights, known: Float32Array, at: number): number {
  let sum = constant
  for (let c = 0; c < weights.length; c++) sum += weights[c] * known[at + c]
  return sum
}

/** What the detector expected, else the median. */
function fallback({ expected, frame }: Source, { channels }: Reference, channel: number) {
  const width = frame.channels.length
  return (i: number): number => {
    const known = expected?.[i * width + channel] ?? Number.NaN
    return Number.isNaN(known) ? channels[channel].median : known
  }
}

/** Standard deviation of the errors by the larger of two robust estimates, about 0; never 0. */
function robustError(errors: Float64Array, level: number): number {
  const sizes = errors.filter(Number.isFinite).map(Math.abs)
  const error = sizes.length > 0 ? Math.max(1.4826 * mad(sizes), quantile(sizes, 0.9) / 1.645) : 0
  return Math.max(error, 1e-6 * Math.max(1e-6, Math.abs(level)))
}
