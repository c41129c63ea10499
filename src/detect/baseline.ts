import { counted } from '../core/counted.js'
import { checkState, type State, vector } from '../core/state.js'
import { createTail } from './tail.js'
import { LEAST_SCORE, LEAST_SPREAD, type Usual } from './usual.js'

/** Samples from which the usual error is known. On labelled series 768 to 2,048 rank alike: docs/decisions/0040-recent-baseline.md. */
const ENOUGH = 1024
/** As many lengths of an event, where the user says how long events are: an event is not to be the baseline. */
const EVENTS = 8
const MOST_SAMPLES = 1_000_000
/** Share of a lasting change, in logarithms, that becomes the new normal: a fault of many times the usual error stays one, however long it lasts. */
export const LEARNT = 2 / 3
/** Logarithms are whole multiples of this, so that their sums have no rounding error and do not depend on where a series was cut. */
const STEP = 2 ** -30
/** Logarithms go no further from the usual one. */
export const LARGEST_LOG = 64
const KIND = 'online:baseline'

/** What recent scores are taken into account for, see `watchBaseline`. */
export interface BaselineRule {
  /** Recent samples that count. */
  readonly samples: number
  /** Samples that the mean is taken over: the recent ones, and those of the history as usual. */
  readonly of: number
  /** Mean over normal samples of the logarithm of the score that a sample has without smoothing, see `singleWeights`. */
  readonly usual: number
}

/** See `baselineLengths`. */
export type BaselineLengths = Pick<BaselineRule, 'samples' | 'of'>

/**
 * How many recent samples count. The usual error is known from 1,024 samples: those of the history, and, where it is shorter, the last ones that were scored. With
 * one channel always the last ones: its load changes, and no other channel says so.
 *
 * @param samples that the ensemble learns from
 * @param eventLength samples, where the user gave one
 * @returns undefined where the history is enough
 */
export function baselineLengths(
  samples: number,
  channels: number,
  eventLength = 0,
): BaselineLengths | undefined {
  const of = Math.min(MOST_SAMPLES, Math.max(ENOUGH, Math.ceil(EVENTS * eventLength)))
  const recent = channels === 1 ? of : of - samples
  return recent > 0 ? { samples: recent, of } : undefined
}

/** Why recent samples count. @param samples that the ensemble learnt from */
export function baselineReason(channels: number, samples: number): string {
  return channels === 1
    ? 'there is one channel, and no other that would explain a change of operation'
    : `the ${counted(samples, 'sample')} that were learnt from do not show all of normal operation`
}

/**
 * The weight of each member in the logarithm of the score, over all scales: without smoothing the score of a sample is the exponential of the
 * weighted sum of the logarithms of the members, up to a factor.
 */
export function singleWeights(usual: readonly (readonly Usual[])[], exponent: number): number[] {
  const count = usual.length * usual[0].length
  return usual.map(
    scales => (exponent * scales.reduce((sum, { spread }) => sum + 1 / (spread + LEAST_SPREAD), 0)) / count,
  )
}

/**
 * The logarithm of the score that each sample has without smoothing, `[n]`, up to a constant; NaN where there is none.
 *
 * @param rows `[n * columns]` see `memberRows`: the members first
 * @param weights of the members, see `singleWeights`
 */
export function singleScores(rows: Float64Array, columns: number, weights: readonly number[]): Float64Array {
  const logs = new Float64Array(rows.length / columns)
  for (let i = 0, at = 0; i < logs.length; i++, at += columns)
    for (let m = 0; m < weights.length; m++) logs[i] += weights[m] * Math.log(rows[at + m] + LEAST_SCORE)
  return logs
}

/** Follows how high the scores of a series have been of late. */
export interface BaselineWatch {
  /** @param rows see `singleScores` */
  push(rows: Float64Array, columns: number): void
  /** Of the next `count` samples, in order: natural logarithm of what their scores are divided by, 0 or more. */
  take(count: number): Float64Array
  state(): State
}

/**
 * Two thirds of the mean of the logarithms of the last `samples` scores above their usual mean, over `of` samples: those before the series count as usual, and so do missing ones.
 * The score of a sample is divided by its exponential, so that a lasting change of operation becomes the new normal for the most part, and short events hardly move it.
 *
 * Cost O(members) a sample. Memory: `8 * samples` bytes.
 *
 * @param weights see `singleWeights`
 * @param from state of a watch of the same rule
 * @throws ArtefactError `state-unfit`
 */
export function watchBaseline(rule: BaselineRule, weights: readonly number[], from?: State): BaselineWatch {
  const { samples, of, usual } = rule
  if (from) checkState(from, KIND, 1, { recent: samples, waiting: null })
  const tail = createTail(Float64Array, 1, samples, from?.arrays.recent.data ?? new Float64Array(samples))
  let sum = 0
  for (const value of tail.kept()) sum += value
  let waiting: Float64Array = Float64Array.from(from?.arrays.waiting.data ?? [])
  return {
    push(rows, columns) {
      const fresh = singleScores(rows, columns, weights).map(log => inSteps(log - usual))
      const all = tail.append(fresh)
      const both = new Float64Array(waiting.length + fresh.length)
      both.set(waiting)
      const first = all.length - fresh.length
      for (let i = 0; i < fresh.length; i++) {
        sum += fresh[i] - all[first + i - samples]
        both[waiting.length + i] = Math.max(0, (LEARNT * sum) / of)
      }
      waiting = both
    },
    take(count) {
      const taken = waiting.subarray(0, count)
      waiting = waiting.slice(count)
      return taken
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: {},
      arrays: { recent: vector(tail.kept()), waiting: vector(waiting.slice()) },
    }),
  }
}

/** As a whole multiple of `STEP`; 0 for NaN. */
function inSteps(log: number): number {
  if (Number.isNaN(log)) return 0
  return Math.round(Math.min(LARGEST_LOG, Math.max(-LARGEST_LOG, log)) / STEP) * STEP
}
