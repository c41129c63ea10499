import type { AnomalyEvent } from '../core/contracts.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import {
  type CalendarCycle,
  COMPONENT_NOISE,
  componentMap,
  cycleExpected,
  EVIDENCE_LIMIT,
  isEnsemble,
  scalerUnits,
} from '../detect/index.js'
import type { Model } from '../model/index.js'
import { solvePositiveDefinite } from '../stats/index.js'
import { levelOf } from './level.js'
import type { Reference, ScoredSeries } from './reference.js'
import { robustError } from './usual-error.js'

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

/** Where an event lies. */
type Placed = Pick<AnomalyEvent, 'onset' | 'start' | 'end'>

/** Usual errors by the set that is asked for, of each reference: events of live data share one. */
const errorsOf = new WeakMap<Reference, Map<string, number>>()

/** Samples to ask for expected readings, and the same as evidence, where a model has components. */
interface Source extends Pick<ScoredSeries, 'frame' | 'expected'> {
  readonly evidence?: Float32Array
}

/** The expected scaled reading of a channel as a weighted sum of the others. */
interface Weights {
  /** `[C]` 0 for the channel itself and for those that are not trusted. */
  readonly weights: Float64Array
  readonly constant: number
}

/** Samples of normal operation in which the usual error is measured. */
const MOST_SAMPLES = 500

/**
 * What each channel reads given the others, by the principal components of the history that a model keeps (`Model.baseline`): the reading at which the
 * channel lies in the subspace of the components. A detector that follows its own past expects a fault to continue; the other channels do not. A single
 * channel has what its daily or weekly cycle calls for, where the model knows one, else its level before the event; a model without components has what the detector expected, else the median.
 *
 * Cost: once O(N C) to scale the series; O(C) per sample and channel that is asked for, and over 500 samples of normal operation once per channel and set.
 */
export function learnExpectation(
  model: Pick<Model, 'scaler' | 'baseline' | 'detector'>,
  series: ScoredSeries,
  reference: Reference,
  events?: readonly Placed[],
): ChannelExpectation {
  const { frame } = series
  const width = frame.channels.length
  const cycle = isEnsemble(model.detector) ? model.detector.cycle : undefined
  if (cycle) return dailyExpectation(cycle, model, frame)
  if (width === 1 && (events !== undefined || series.expected === undefined))
    return singleExpectation(series, reference, events)
  const step = Math.max(1, reference.rows.length / MOST_SAMPLES)
  const rows = Int32Array.from(
    { length: Math.floor(reference.rows.length / step) },
    (_, k) => reference.rows[Math.floor(k * step)],
  )
  const { baseline, scaler } = model
  const evidenceOf = (of: Frame) => baseline && evidence(scaler.transform(of).values)
  const own: Source = { frame, evidence: evidenceOf(frame), expected: series.expected }
  const normal = samplesOf(reference.frame === frame ? own : { frame: reference.frame }, rows, evidenceOf)
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
  /** `[n]` what the other channels call for, over samples of a source. */
  const expectedOver = (
    source: Source,
    channel: number,
    weights: Weights | undefined,
    { start, end }: Interval,
  ): Float64Array => {
    if (weights === undefined || source.evidence === undefined)
      return fallback(source, reference, channel, { start, end })
    const { offset, scale } = units[channel]
    const values = new Float64Array(end - start)
    for (let i = 0; i < values.length; i++)
      values[i] = offset + scale * weightedSum(weights, source.evidence, (start + i) * width)
    return values
  }
  const whole = { start: 0, end: rows.length }
  const usualErrorOf = (channel: number, weights: Weights | undefined) => {
    const errors = expectedOver(normal, channel, weights, whole)
    for (let k = 0; k < errors.length; k++) errors[k] = normal.frame.values[k * width + channel] - errors[k]
    return robustError(errors, reference.channels[channel].median)
  }
  return {
    async of(channel, without, range) {
      const set = [channel, ...without.filter(c => c !== channel).sort((a, b) => a - b)]
      const weights = await weightsOf(set)
      const key = set.join()
      const usualError = errors.get(key) ?? usualErrorOf(channel, weights)
      errors.set(key, usualError)
      return { values: expectedOver(own, channel, weights, range), usualError }
    },
  }
}

/** What the time of the day or of the week calls for. */
function dailyExpectation(
  cycle: CalendarCycle,
  { scaler }: Pick<Model, 'scaler'>,
  frame: Frame,
): ChannelExpectation {
  const [{ offset, scale }] = scalerUnits(scaler, frame)
  const usualError = cycle.rest * scale
  return {
    async of(_channel, _without, { start, end }) {
      const timeMs = frame.timeMs.subarray(start, end)
      const values = cycleExpected(cycle, { timeMs })
      return { values: values.map(value => offset + scale * value), usualError }
    },
  }
}

function singleExpectation(
  series: ScoredSeries,
  reference: Reference,
  events: readonly Placed[] | undefined,
): ChannelExpectation {
  const isInEvent = events && samplesIn(events, sampleCount(series.frame))
  return {
    async of(_channel, _without, range) {
      const { value, usualError } = levelOf(series, reference, isInEvent, range)
      return { values: new Float64Array(range.end - range.start).fill(value), usualError }
    },
  }
}

/** `[n]` 1 in events. */
function samplesIn(events: readonly Placed[], n: number): Uint8Array {
  const isIn = new Uint8Array(n)
  for (const { onset, start, end } of events) isIn.fill(1, Math.max(0, Math.min(onset, start)), end)
  return isIn
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

/** Some samples, one after the other: those of a long table lie far apart in memory. */
function samplesOf(
  { frame, evidence, expected }: Source,
  rows: Int32Array,
  evidenceOf: (frame: Frame) => Float32Array | undefined,
): Source {
  const width = frame.channels.length
  const pick = <T extends Float64Array | Float32Array>(from: T, to: T): T => {
    for (let k = 0; k < rows.length; k++)
      for (let c = 0; c < width; c++) to[k * width + c] = from[rows[k] * width + c]
    return to
  }
  const cells = rows.length * width
  const timeMs = Float64Array.from(rows, i => frame.timeMs[i])
  const picked = { ...frame, timeMs, values: pick(frame.values, new Float64Array(cells)) }
  return {
    frame: picked,
    evidence: evidence ? pick(evidence, new Float32Array(cells)) : evidenceOf(picked),
    ...(expected && { expected: pick(expected, new Float64Array(cells)) }),
  }
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

/** `[n]` what the detector expected, else the median. */
function fallback(
  { expected, frame }: Source,
  { channels }: Reference,
  channel: number,
  { start, end }: Interval,
): Float64Array {
  const width = frame.channels.length
  const values = new Float64Array(end - start)
  for (let i = 0; i < values.length; i++) {
    const known = expected?.[(start + i) * width + channel] ?? Number.NaN
    values[i] = Number.isNaN(known) ? channels[channel].median : known
  }
  return values
}
