import type { Scores } from '../core/contracts.js'
import { breathe, type Pauses } from '../core/pause.js'
import { quantileOfSorted, sortFinite } from '../stats/index.js'
import { LEAST_SCORE } from './usual.js'

/** Share of normal samples below the level of one channel, and of all channels together. */
const OF_CHANNEL = 0.99
const OF_SAMPLE = 0.95
/** Logarithm of no error; that of a channel which has moved is about 0. */
const NO_ERROR = Math.log(LEAST_SCORE)

/**
 * How far single samples deviate, `[n * E]`: of each channel the sum of the residuals of some members; then, where they are known, the residuals of the channels given the
 * others at the same sample. E is C or 2 C. NaN where a member has no score.
 *
 * @param rows `[n * (M + C)]`, see `memberRows`
 * @param relations scores by `crossRegression`, at least `n`
 */
export function evidenceRows(
  rows: Float64Array,
  members: number,
  channels: number,
  relations?: Scores,
): Float64Array {
  const columns = members + channels
  const n = rows.length / columns
  const width = relations ? 2 * channels : channels
  const evidence = new Float64Array(n * width)
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < channels; c++) {
      const own = rows[i * columns + members + c]
      evidence[i * width + c] = own
      if (relations)
        evidence[i * width + channels + c] = Number.isNaN(own) ? own : relations.residual[i * channels + c]
    }
  }
  return evidence
}

/**
 * How unusual each sample is without smoothing, see `Scores.sharp`.
 *
 * @param rows `[n * E]`, see `evidenceRows`
 * @param levels `[E]` logarithm of the error that counts as usual, see `sharpLevels`
 */
export function sharpOf(rows: Float64Array, levels: Float64Array): Float32Array {
  const width = levels.length
  const sharp = new Float32Array(rows.length / width)
  for (let i = 0, at = 0; i < sharp.length; i++, at += width) {
    let largest = Number.NEGATIVE_INFINITY
    for (let c = 0; c < width; c++)
      largest = Math.max(largest, Math.log(rows[at + c] + LEAST_SCORE) - levels[c])
    sharp[i] = largest
  }
  return sharp
}

/**
 * The levels of the channels: the 99 % quantile of each, all raised alike until 5 % of the samples have a channel above its own. One without any error never
 * moved: its level lies halfway to the error of one that has moved, so that it is quiet until then.
 *
 * @param rows `[n * E]` of normal samples that the members have not learnt from, see `evidenceRows`
 * @returns `[E]`, natural logarithms; undefined when no sample was scored
 */
export async function sharpLevels(
  rows: Float64Array,
  width: number,
  pauses: Pauses = {},
): Promise<Float64Array | undefined> {
  const levels = new Float64Array(width)
  const isStill = new Uint8Array(width)
  for (let c = 0; c < width; c++) {
    await breathe(pauses)
    const own = new Float64Array(rows.length / width)
    for (let i = 0; i < own.length; i++) own[i] = Math.log(rows[i * width + c] + LEAST_SCORE)
    const known = sortFinite(own)
    if (known.length === 0) return undefined
    isStill[c] = known[known.length - 1] <= NO_ERROR ? 1 : 0
    levels[c] = isStill[c] ? NO_ERROR / 2 : quantileOfSorted(known, OF_CHANNEL)
  }
  await breathe(pauses)
  const usual = quantileOfSorted(sortFinite(Float64Array.from(sharpOf(rows, levels))), OF_SAMPLE)
  return levels.map((level, c) => (isStill[c] ? level : level + usual))
}

/** What ends events in time, see `echoFilter`. */
export interface EchoRule {
  /** Members that score a sample by itself. */
  readonly members: readonly number[]
  /** `[E]` as `sharpLevels`, of these members alone. */
  readonly levels: Float64Array
}

/**
 * The members that score a sample by itself.
 *
 * @param contexts context length of each member
 * @returns their indices; none of one channel, whose members without a memory see no more than its range
 */
export function memorylessMembers(contexts: readonly number[], channels: number): number[] {
  return channels > 1 ? contexts.flatMap((context, m) => (context === 1 ? [m] : [])) : []
}

/**
 * Takes the echo of a fault out of `sharp`: members with a memory still have it among the samples that they look back on when it is over, so that a spike
 * would last as long as their memory. Once members without a memory have stood out and no longer do, theirs counts for as long as the memory lasts.
 *
 * @param memory longest memory of a member, samples
 * @param since samples since members without a memory stood out
 */
export function echoFilter(memory: number, since = memory + 1) {
  let passed = since
  return {
    /** Changes `sharp` in place. @param alone `[n]` of the members without a memory */
    apply(sharp: Float32Array, alone: Float32Array): void {
      for (let i = 0; i < sharp.length; i++) {
        passed = alone[i] > 0 ? 0 : Math.min(passed + 1, memory + 1)
        if (passed > 0 && passed <= memory) sharp[i] = Math.min(sharp[i], alone[i])
      }
    },
    since: () => passed,
  }
}

/** Of scores that members have of the same samples: what `memberRows` takes. Undefined when their numbers differ. */
export function sameSamples(scores: readonly Scores[]): number | undefined {
  const [n] = scores.map(({ score }) => score.length)
  return scores.every(({ score }) => score.length === n) ? n : undefined
}
