import type { Scores } from '../core/contracts.js'
import { unscored } from './scores.js'

/** How large the logarithm of a member's smooth score usually is. */
export interface Usual {
  readonly median: number
  /** Distance of its 1 % and 99 % quantiles. */
  readonly spread: number
}

/** Keeps the logarithm of a score of 0 finite. */
export const LEAST_SCORE = 1e-3
/** Keeps a member whose scores hardly vary from drowning the others. */
export const LEAST_SPREAD = 0.1

/** How an ensemble standardises its members. */
export interface Standard {
  /** Of each member at each scale of the smoothing. */
  readonly usual: readonly (readonly Usual[])[]
  /** Power of the geometric mean: with `honestExponent` a score is twice as high when the errors of all members are. */
  readonly exponent: number
  /**
   * `[C]` channels that never moved, see `stillChannels`: then the rows have one more column of a member, that of `stillScores`. `step` is what one that
   * moves adds to the logarithm of the score.
   */
  readonly still?: { readonly values: Float32Array; readonly step: number }
}

/**
 * The exponent that makes scores proportional to errors: the logarithm of a score is then a weighted mean, over members and scales, of the logarithm
 * of a smooth error in units of its median, each weighing one over the usual spread of that logarithm.
 *
 * @param powers of the members' residuals
 */
export function honestExponent(usual: Standard['usual'], powers: readonly number[]): number {
  let weights = 0
  let count = 0
  usual.forEach((scales, m) => {
    for (const { spread } of scales) {
      weights += powers[m] / (spread + LEAST_SPREAD)
      count++
    }
  })
  return count / weights
}

/**
 * The columns that an ensemble smooths, `[n * (M + C)]`: of each member the mean over channels of its residuals, then of each channel the sum of the
 * members' residuals. NaN where a member has no score.
 *
 * @param results scores of each member, at least `n`
 * @param powers exponent of the residuals of each member
 * @param reason `[n]` why a sample has none: that of the first member without one
 */
export function memberRows(
  results: readonly Scores[],
  powers: readonly number[],
  channels: number,
  reason: Uint8Array,
): Float64Array {
  const count = results.length
  const columns = count + channels
  const rows = new Float64Array(reason.length * columns)
  for (let i = 0, at = 0; i < reason.length; i++, at += columns) {
    reason[i] = firstReason(results, i)
    if (reason[i] !== 0) {
      rows.fill(Number.NaN, at, at + columns)
      continue
    }
    for (let m = 0; m < count; m++) {
      const { residual } = results[m]
      const power = powers[m]
      for (let c = 0; c < channels; c++) {
        const own = residual[i * channels + c]
        const part = power === 1 ? own : own ** power
        rows[at + m] += part / channels
        rows[at + count + c] += part
      }
    }
  }
  return rows
}

function firstReason(results: readonly Scores[], i: number): number {
  for (const { reason } of results) if (reason[i] !== 0) return reason[i]
  return 0
}

/**
 * Scores from smooth columns: the exponential of the mean, over members and scales, of the standardised logarithm of a member's smooth score, to the
 * power of the exponent; the residual divides it among the channels as the members' residuals do together.
 *
 * @param rows `[n * (M + C + (S - 1) * M)]`: `memberRows` at the first scale, then the columns of the members at each other scale
 * @param reason `[n]` 0 = the row is there
 */
export function combineRows(
  rows: Float64Array,
  reason: Uint8Array,
  { usual, exponent, still }: Standard,
  channels: number,
): Scores {
  const n = reason.length
  const count = usual.length
  const scales = usual[0].length
  const own = count + (still ? 1 : 0)
  const columns = scales * own + channels
  const scores = unscored(n, channels)
  scores.reason.set(reason)
  for (let i = 0, at = 0; i < n; i++, at += columns) {
    if (reason[i] !== 0) continue
    let sum = 0
    for (let m = 0; m < count; m++) {
      for (let k = 0; k < scales; k++) {
        const { median, spread } = usual[m][k]
        const smooth = rows[at + m + (k === 0 ? 0 : channels + k * own)]
        sum += (Math.log(smooth + LEAST_SCORE) - median) / (spread + LEAST_SPREAD)
      }
    }
    const moves = still ? movement(rows, at, { count, scales, channels }) : 0
    const ofMembers = Math.exp((exponent * sum) / (count * scales))
    const score = still ? ofMembers * Math.exp(still.step * moves) : ofMembers
    // Normal scores are about 1: of one of these the whole is the movement's, of a fault beside it little.
    const ofStill = still ? moves * Math.min(1, Math.exp(still.step) / ofMembers) : 0
    let parts = 0
    let moved = 0
    for (let c = 0; c < channels; c++) {
      if (isStill(still?.values, c)) moved += rows[at + own + c]
      else parts += rows[at + own + c]
    }
    for (let c = 0; c < channels; c++) {
      const part = rows[at + own + c]
      const share = isStill(still?.values, c)
        ? ofStill * (moved > 0 ? part / moved : 0)
        : (1 - ofStill) * (parts > 0 ? part / parts : 1 / channels)
      scores.residual[i * channels + c] = score * (share * channels)
    }
    scores.score[i] = score
  }
  return scores
}

const isStill = (still: Float32Array | undefined, c: number) => still !== undefined && !Number.isNaN(still[c])

/** How much still channels have moved around a sample, 0 to 1: at the first scale or over all of them, whichever is more. */
function movement(
  rows: Float64Array,
  at: number,
  { count, scales, channels }: { readonly count: number; readonly scales: number; readonly channels: number },
): number {
  let sum = 0
  for (let k = 0; k < scales; k++)
    sum += Math.min(1, channels * rows[at + count + (k === 0 ? 0 : channels + k * (count + 1))])
  return Math.max(sum / scales, Math.min(1, channels * rows[at + count]))
}

/**
 * What the members expected, `[n * C]`: of each reading the median over those that know; NaN where none does, and where there is no score.
 *
 * @param reason `[n]` see `memberRows`
 */
export function medianExpected(
  results: readonly Scores[],
  reason: Uint8Array,
  channels: number,
): Float32Array {
  const out = new Float32Array(reason.length * channels).fill(Number.NaN)
  const known = new Float64Array(results.length)
  for (let at = 0; at < out.length; at++) {
    if (reason[Math.floor(at / channels)] !== 0) continue
    let count = 0
    for (const { expected } of results)
      if (expected && !Number.isNaN(expected[at])) known[count++] = expected[at]
    if (count === 0) continue
    const sorted = known.subarray(0, count).sort()
    out[at] = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2
  }
  return out
}
