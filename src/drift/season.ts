import type { Frame } from '../core/frame.js'
import { HOUR_MS } from '../core/milliseconds.js'

/** Hours of a week: the first is that from 0:00 to 1:00 UTC on Thursday, as 1970 began. */
export const HOURS = 168
const DAY_HOURS = 24
/** Share of the variance that a profile of one half of the history must explain in the other half, and the share more that one of the week must explain than one of the day. */
const LEAST_SHARE = 0.2
const MORE_FOR_WEEK = 0.05
/** Cycles that a profile needs, half of them in each half of the history. */
const FEWEST_CYCLES = 3

/**
 * The hour of the week of each sample, UTC.
 *
 * @param timeMs `[N]` ms since the epoch
 */
export function hoursOfWeek(timeMs: Float64Array): Uint8Array {
  return Uint8Array.from(timeMs, time => {
    const hour = Math.floor(time / HOUR_MS) % HOURS
    return hour < 0 ? hour + HOURS : hour
  })
}

/**
 * How much a channel is above its mean in each hour of the week, where its history shows that: a profile of every other week (or day) explains at least a fifth of the
 * variance of the others, and the other way round. Needs times and three weeks, or three days for a profile of the day. Missing readings are left out. Cost O(N).
 *
 * @param frame time in ms, ascending
 * @param values `[N]` of one channel; NaN = missing
 * @returns `[168]`, or undefined
 */
export function findSeason(
  { timeMs, timeKind }: Pick<Frame, 'timeMs' | 'timeKind'>,
  values: Float64Array,
): Float64Array | undefined {
  const n = values.length
  if (timeKind !== 'utc' || n === 0) return undefined
  const spanHours = (timeMs[n - 1] - timeMs[0]) / HOUR_MS
  const sumsOf = (length: number) =>
    spanHours >= FEWEST_CYCLES * length ? hourSums(timeMs, values, length) : undefined
  const [day, week] = [sumsOf(DAY_HOURS), sumsOf(HOURS)]
  const [byDay, byWeek] = [day ? explainedBy(day) : 0, week ? explainedBy(week) : 0]
  const isWeek = byWeek >= byDay + MORE_FOR_WEEK
  const best = isWeek ? week : day
  if (best === undefined || Math.max(byDay, byWeek) < LEAST_SHARE) return undefined
  const profile = profileOf(best[0].map((one, hour) => plus(one, best[1][hour])))
  return Float64Array.from({ length: HOURS }, (_, hour) => profile[hour % profile.length])
}

/** Of the readings in one hour of the cycle, less a value near their mean. */
interface HourSum {
  readonly count: number
  readonly sum: number
  readonly squares: number
}

const NONE: HourSum = { count: 0, sum: 0, squares: 0 }
const plus = (a: HourSum, b: HourSum): HourSum => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  squares: a.squares + b.squares,
})
const meanOf = ({ count, sum }: HourSum) => (count === 0 ? 0 : sum / count)

/** By hour of the cycle, of every other cycle and of those between. */
function hourSums(
  timeMs: Float64Array,
  values: Float64Array,
  length: number,
): readonly [HourSum[], HourSum[]] {
  const [counts, sums, squares] = Array.from({ length: 3 }, () => new Float64Array(2 * length))
  const base = values.find(value => Number.isFinite(value)) ?? 0
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue
    const hour = Math.floor(timeMs[i] / HOUR_MS) % (2 * length)
    const at = hour < 0 ? hour + 2 * length : hour
    const value = values[i] - base
    counts[at]++
    sums[at] += value
    squares[at] += value * value
  }
  const half = (start: number) =>
    Array.from({ length }, (_, hour) => {
      const at = start + hour
      return { count: counts[at], sum: sums[at], squares: squares[at] }
    })
  return [half(0), half(length)]
}

/** How much each hour is above the mean of all; 0 for one without readings. */
function profileOf(hours: readonly HourSum[]): number[] {
  const mean = meanOf(hours.reduce(plus, NONE))
  return hours.map(hour => (hour.count === 0 ? 0 : meanOf(hour) - mean))
}

/** The smaller of the shares of the variance of one half of the cycles that a profile of the other half explains; 0 when it explains none. */
function explainedBy([a, b]: readonly [HourSum[], HourSum[]]): number {
  const share = (from: HourSum[], to: HourSum[]) => {
    const profile = profileOf(from)
    const whole = to.reduce(plus, NONE)
    const mean = meanOf(whole)
    const rest = to.reduce((total, { count, sum, squares }, hour) => {
      const expected = mean + profile[hour]
      return total + squares - 2 * expected * sum + count * expected * expected
    }, 0)
    const variance = whole.squares - whole.count * mean * mean
    return variance > 0 ? 1 - rest / variance : 0
  }
  return Math.max(0, Math.min(share(a, b), share(b, a)))
}
