import type { Scores } from '../core/contracts.js'
import type { BaselineRule } from './baseline.js'
import { type LimitRule, raisedBy } from './limit-rule.js'
import { unscored } from './scores.js'
import { LEAST_SCORE, LEAST_SPREAD, type Usual } from './usual.js'
import { type Hidden, isHidden } from './views.js'

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
  /** Channels of two readings, which are no part of the members' means: their errors, smoothed at the first scale. */
  readonly switches?: LimitRule
  /** Runs of equal readings, see `frozenLimits`. */
  readonly frozen?: LimitRule
  /** How recent scores count, see `baselineLengths`. */
  readonly baseline?: BaselineRule
}

/** What rows are combined with beside their smooth columns. */
export interface BesideRows {
  /** `[n * C]` see `watchRuns`; without them no channel is frozen */
  readonly runs?: Float32Array
  /** `[n]` see `watchBaseline`; without them the history alone says what is usual */
  readonly baseline?: Float64Array
}

/**
 * The columns that an ensemble smooths, `[n * (M + C)]`: of each member the mean over channels of its residuals, those of switches left out, then of each channel
 * the sum of the members' residuals. NaN where a member has no score.
 *
 * @param results scores of each member, at least `n`
 * @param powers exponent of the residuals of each member
 * @param reason `[n]` why a sample has none: that of the first member without one
 * @param switches `[C]` above 0 = a switch, see `switchChannels`
 */
export function memberRows(
  results: readonly Scores[],
  powers: readonly number[],
  channels: number,
  reason: Uint8Array,
  switches?: ArrayLike<number>,
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
        if (!(switches && switches[c] > 0)) rows[at + m] += part / channels
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
 * power of the exponent, divided by what recent scores were; the residual divides it among the channels as the members' residuals do together.
 *
 * @param rows `[n * (M + C + (S - 1) * M)]`: `memberRows` at the first scale, then the columns of the members at each other scale
 * @param reason `[n]` 0 = the row is there
 */
export function combineRows(
  rows: Float64Array,
  reason: Uint8Array,
  { usual, exponent, still, switches, frozen }: Standard,
  channels: number,
  { runs, baseline }: BesideRows = {},
): Scores {
  const n = reason.length
  const count = usual.length
  const scales = usual[0].length
  const own = count + (still ? 1 : 0)
  const columns = scales * own + channels
  const scores = unscored(n, channels)
  scores.reason.set(reason)
  const turned = new Float64Array(channels)
  const frozenBy = new Float64Array(channels)
  const shares = new Float64Array(channels)
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
    const recent = baseline ? Math.exp(baseline[i]) : 1
    const measured = (still ? ofMembers * Math.exp(still.step * moves) : ofMembers) / recent
    const byTurning = switches ? raisedBy(rows, at + own, switches, turned) : 0
    const byFreezing = frozen && runs ? raisedBy(runs, i * channels, frozen, frozenBy) : 0
    const raised = Math.max(byTurning, byFreezing)
    const isRaised = raised > measured
    const score = isRaised ? raised : measured
    const parts = { rows, at: at + own }
    if (isRaised) shareEvenly(byFreezing > byTurning ? frozenBy : turned, shares)
    else shareAmong(parts, { still, switches }, moves, ofMembers, shares)
    for (let c = 0; c < channels; c++) scores.residual[i * channels + c] = score * (shares[c] * channels)
    scores.score[i] = score
  }
  return scores
}

/** Parts over their sum. */
function shareEvenly(parts: Float64Array, out: Float64Array): void {
  let sum = 0
  for (let c = 0; c < parts.length; c++) sum += parts[c]
  for (let c = 0; c < parts.length; c++) out[c] = parts[c] / sum
}

/**
 * How a score is divided among the channels: switches have no part of it, and what still channels add by moving is theirs.
 *
 * @param parts residuals of the members together, smoothed: `[C]` of `rows` from `at` on
 * @param out `[C]`
 */
function shareAmong(
  { rows, at }: { readonly rows: Float64Array; readonly at: number },
  { still, switches }: Pick<Standard, 'still' | 'switches'>,
  moves: number,
  ofMembers: number,
  out: Float64Array,
): void {
  // Normal scores are about 1: of one of these the whole is the movement's, of a fault beside it little.
  const ofStill = still ? moves * Math.min(1, Math.exp(still.step) / ofMembers) : 0
  let measured = 0
  let moved = 0
  let measurements = 0
  for (let c = 0; c < out.length; c++) {
    if (isSwitch(switches, c)) continue
    measurements++
    if (isStill(still?.values, c)) moved += rows[at + c]
    else measured += rows[at + c]
  }
  for (let c = 0; c < out.length; c++) {
    const part = rows[at + c]
    if (isSwitch(switches, c)) out[c] = 0
    else if (isStill(still?.values, c)) out[c] = ofStill * (moved > 0 ? part / moved : 0)
    else out[c] = (1 - ofStill) * (measured > 0 ? part / measured : 1 / measurements)
  }
}

const isSwitch = (rule: LimitRule | undefined, c: number) =>
  rule !== undefined && !Number.isNaN(rule.limits[c])
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
 * @param hidden channels that some members do not see, and so know nothing of
 */
export function medianExpected(
  results: readonly Scores[],
  reason: Uint8Array,
  channels: number,
  hidden?: Hidden,
): Float32Array {
  const out = new Float32Array(reason.length * channels).fill(Number.NaN)
  const known = new Float64Array(results.length)
  for (let at = 0; at < out.length; at++) {
    if (reason[Math.floor(at / channels)] !== 0) continue
    let count = 0
    for (const [m, { expected }] of results.entries()) {
      if (!expected || Number.isNaN(expected[at]) || (hidden && isHidden(hidden, m, at % channels))) continue
      known[count++] = expected[at]
    }
    if (count === 0) continue
    const sorted = known.subarray(0, count).sort()
    out[at] = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2
  }
  return out
}
