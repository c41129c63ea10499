import type { Random } from '../core/random.js'
import { quantile, resampleBlocks } from '../stats/index.js'
import { chosenMetrics, type EvaluateInput, flagsAbove, measureOf } from './evaluate.js'
import { intervalsOf, readLabels } from './labels.js'
import { metricInput } from './metric-input.js'
import type { MetricName } from './metrics.js'
import { resolveOptions } from './options.js'
import { type Scored, type ScoreOrder, scoredOnly } from './scored.js'

export interface ConfidenceOptions {
  /** Number of bootstrap resamples; cost and smoothness of the limits grow with it. */
  readonly resamples: number
  /** Share of the distribution between low and high. */
  readonly level: number
  /** Samples that stay together. Default: twice the longest labelled event or the root of N, whichever is more, at most a quarter of N. */
  readonly blockLength?: number
}

export interface ConfidenceInterval {
  readonly low: number
  readonly high: number
  /** Drawn series on which the metric was defined: a resample may contain no event. */
  readonly resamples: number
}

/**
 * Confidence intervals of metrics by a circular block bootstrap over time: percentiles of the metric over series made of blocks of this one.
 * A block that would begin or end within a labelled event or an alarm does so after it: parts would count as several events.
 * A series with few events has wide intervals, which are still too narrow; `null` when the metric is undefined on more than half
 * of the drawn series. Cost: that of `evaluate`, once per resample.
 *
 * @param names which metrics; VUS is the most expensive
 * @example
 * import { confidenceIntervals, createRandom } from 'telltale/evaluate'
 * const input = { scores: [0, 1, 0, 1, 0, 1, 0, 1], labels: [0, 1, 0, 1, 0, 1, 0, 1], threshold: 0.5 }
 * confidenceIntervals(input, ['f1'], { resamples: 20, level: 0.9 }, createRandom(1)).f1.low // => 1
 */
export function confidenceIntervals<Name extends MetricName>(
  input: EvaluateInput,
  names: readonly Name[],
  { resamples, level, blockLength }: ConfidenceOptions,
  random: Random,
): Record<Name, ConfidenceInterval | null> {
  const { scores, threshold, stepMs = Number.NaN } = input
  const settings = resolveOptions(input.options ?? {})
  const labels = readLabels(input.labels, scores.length)
  const series = seriesOf(scores, labels, threshold, input.alarms)
  const block = blockLength ?? defaultBlockLength(labels)
  const metrics = chosenMetrics(names, settings)
  const values = new Map<MetricName, number[]>(names.map(name => [name, []]))
  for (let round = 0; round < resamples; round++) {
    const { scored, flags, alarms } = drawnSeries(series, resampleBlocks(scores.length, block, random))
    const shared = metricInput(scored, flags, input.alarms && alarms, stepMs, settings)
    for (const metric of metrics) {
      const { value } = measureOf(metric, shared, threshold)
      if (value !== null) values.get(metric.name)!.push(value)
    }
  }
  const tail = (1 - level) / 2
  const intervals = names.map(name => {
    const found = values.get(name)!
    const interval = { low: quantile(found, tail), high: quantile(found, 1 - tail), resamples: found.length }
    return [name, 2 * found.length < resamples ? null : interval] as const
  })
  return Object.fromEntries(intervals) as Record<Name, ConfidenceInterval | null>
}

/** What the metrics of a drawn series are computed from. */
interface Series {
  readonly scores: ArrayLike<number>
  readonly labels: Uint8Array
  readonly flags: Uint8Array
  readonly alarms: Uint8Array
  /** 1 where a sample is labelled or in an alarm. */
  readonly marks: Uint8Array
  /** Of the scored samples, in order of `scores`; sorted once for all drawn series. */
  readonly order: ScoreOrder
  /** `[N]` number of the sample among the scored ones. */
  readonly scoredAs: Uint32Array
}

function seriesOf(
  scores: ArrayLike<number>,
  labels: Uint8Array,
  threshold = Number.POSITIVE_INFINITY,
  alarms?: ArrayLike<number>,
): Series {
  const scored = scoredOnly(scores, labels)
  const scoredAs = new Uint32Array(scores.length)
  scored.position.forEach((sample, i) => {
    scoredAs[sample] = i
  })
  const flags = flagsAbove(Float64Array.from(scores), threshold)
  const raised = alarms ? Uint8Array.from(alarms, alarm => (alarm ? 1 : 0)) : flags
  return {
    scores,
    labels,
    flags,
    alarms: raised,
    marks: labels.map((label, i) => label | raised[i]),
    order: scored.order(),
    scoredAs,
  }
}

/**
 * The series of drawn samples, of which a block holds an interval of marked ones (labelled or in an alarm) from its first to its last or not at all.
 *
 * @param drawn `[N]` sample numbers in blocks that go up by one
 */
function drawnSeries({ scores, labels, flags, alarms, marks, order, scoredAs }: Series, drawn: Uint32Array) {
  const whole = wholeIntervals(drawn, marks)
  const size = whole.length
  const own = {
    scores: new Float64Array(size),
    labels: new Uint8Array(size),
    flags: new Uint8Array(size),
    alarms: new Uint8Array(size),
    position: new Uint32Array(size),
    place: new Uint32Array(size),
  }
  let kept = 0
  for (let at = 0; at < size; at++) {
    const i = whole[at]
    if (Number.isNaN(scores[i])) continue
    own.scores[kept] = scores[i]
    own.labels[kept] = labels[i]
    own.flags[kept] = flags[i]
    own.alarms[kept] = alarms[i]
    own.place[kept] = order.place[scoredAs[i]]
    own.position[kept++] = at
  }
  const place = own.place.subarray(0, kept)
  const scored: Scored = {
    scores: own.scores.subarray(0, kept),
    labels: own.labels.subarray(0, kept),
    position: own.position.subarray(0, kept),
    unscored: size - kept,
    order: () => ({ distinct: order.distinct, place }),
  }
  return { scored, flags: own.flags.subarray(0, kept), alarms: own.alarms.subarray(0, kept) }
}

/** Sample numbers of blocks without the pieces of marked intervals that they begin in, and with the rest of those that they end in. */
function wholeIntervals(drawn: Uint32Array, marks: Uint8Array): Uint32Array {
  const n = marks.length
  let whole = new Uint32Array(drawn.length + Math.ceil(n / 8))
  let size = 0
  const add = (i: number) => {
    if (size === whole.length) {
      const larger = new Uint32Array(2 * size)
      larger.set(whole)
      whole = larger
    }
    whole[size++] = i
  }
  let isPiece = false
  for (let at = 0; at < drawn.length; at++) {
    const i = drawn[at]
    const next = i + 1 === n ? 0 : i + 1
    if (at === 0 || drawn[at - 1] !== (i === 0 ? n : i) - 1) isPiece = i > 0 && marks[i - 1] !== 0
    isPiece &&= marks[i] !== 0
    if (isPiece) continue
    add(i)
    if (marks[i] !== 0 && drawn[at + 1] !== next)
      for (let rest = i + 1; rest < n && marks[rest] !== 0; rest++) add(rest)
  }
  return whole.subarray(0, size)
}

function defaultBlockLength(labels: Uint8Array): number {
  const longest = intervalsOf(labels).reduce((most, { start, end }) => Math.max(most, end - start), 0)
  const wanted = Math.max(2 * longest, Math.ceil(Math.sqrt(labels.length)))
  return Math.max(1, Math.min(wanted, Math.ceil(labels.length / 4)))
}
