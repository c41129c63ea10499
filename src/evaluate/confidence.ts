import type { Random } from '../core/random.js'
import { quantile, resampleBlocks } from '../stats/index.js'
import { type EvaluateInput, evaluate } from './evaluate.js'
import { intervalsOf } from './labels.js'
import type { MetricName } from './metrics.js'

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
  const { scores, labels, alarms, threshold = Number.POSITIVE_INFINITY } = input
  const isAlarm = (i: number) => (alarms ? alarms[i] !== 0 : scores[i] > threshold)
  const marks = Uint8Array.from(labels, (label, i) => (label || isAlarm(i) ? 1 : 0))
  const block = blockLength ?? defaultBlockLength(Array.from(labels, Number))
  const values = new Map<Name, number[]>(names.map(name => [name, []]))
  for (let round = 0; round < resamples; round++) {
    const drawn = wholeStretches(resampleBlocks(scores.length, block, random), marks)
    const { metrics } = evaluate({
      ...input,
      scores: Float64Array.from(drawn, i => scores[i]),
      labels: Uint8Array.from(drawn, i => Number(labels[i])),
      ...(alarms && { alarms: Uint8Array.from(drawn, i => alarms[i]) }),
      metrics: names,
    })
    for (const name of names) {
      const value = metrics[name]
      if (typeof value === 'number') values.get(name)!.push(value)
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

/** Drawn samples, of which a block holds an interval of marked ones from its first to its last or not at all. @param marks `[N]` */
function wholeStretches(drawn: ArrayLike<number>, marks: Uint8Array): Uint32Array {
  const whole: number[] = []
  let isPiece = false
  for (let at = 0; at < drawn.length; at++) {
    const i = drawn[at]
    if (at === 0 || i !== (drawn[at - 1] + 1) % marks.length) isPiece = i > 0 && marks[i - 1] !== 0
    isPiece &&= marks[i] !== 0
    if (isPiece) continue
    whole.push(i)
    if (drawn[at + 1] !== (i + 1) % marks.length)
      for (let rest = i + 1; marks[i] && marks[rest]; rest++) whole.push(rest)
  }
  return Uint32Array.from(whole)
}

function defaultBlockLength(labels: readonly number[]): number {
  const longest = intervalsOf(labels).reduce((most, { start, end }) => Math.max(most, end - start), 0)
  const wanted = Math.max(2 * longest, Math.ceil(Math.sqrt(labels.length)))
  return Math.max(1, Math.min(wanted, Math.ceil(labels.length / 4)))
}
