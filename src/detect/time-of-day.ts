import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { mad, median } from '../stats/index.js'

/** What a channel usually reads at a time of day. */
export interface DailyCycle {
  /** `[96]` scaled readings in the middle of each quarter of an hour of the day (UTC). */
  readonly profile: Float64Array
  /** Robust standard deviation of what the cycle leaves, scaled. */
  readonly rest: number
  /** Share of the variance that the cycle explains on days that it was not learnt from. */
  readonly explained: number
}

const DAY_MS = 86_400_000
/** Parts of a day. */
export const DAY_PARTS = 96
/** Days that must be there to learn from, as of a history of seven days of which a fifth calibrates: of fewer, the usual day is not known. */
const FEWEST_DAYS = 5
/** Parts without readings that the line between their neighbours may cross; more where samples are further apart. */
const MOST_EMPTY = 8
const PART_MS = DAY_MS / DAY_PARTS
/** A cycle that explains less is left in: then other things decide what the channel reads. */
const LEAST_EXPLAINED = 0.5
/** Smallest deviation of what it leaves, standard deviations of the history. */
const LEAST_REST = 0.02
/** Most days that a cycle is learnt from, the last ones. */
const MOST_DAYS = 100

/**
 * The daily cycle of the only channel of a history, where it explains at least half of the variance: each reading is compared with the median of the other days at its time of day. Both variances
 * are robust, from the median absolute deviation: a fault in the history does not hide the cycle.
 *
 * Cost O(N + 96 D^2) for D days.
 *
 * @param train scaled, one channel
 * @returns undefined without times, with readings of fewer than 5 days, where more than two hours of the day have none, and where the time of day explains less; `expected` `[N]` is what the other days call for
 */
export function findDailyCycle(
  train: ScaledFrame,
): { readonly cycle: DailyCycle; readonly expected: Float64Array } | undefined {
  const { timeMs, timeKind, values } = train
  const n = sampleCount(train)
  if (timeKind === 'index' || n < 2) return undefined
  const lastDay = Math.floor(timeMs[n - 1] / DAY_MS)
  const firstDay = Math.max(Math.floor(timeMs[0] / DAY_MS), lastDay - MOST_DAYS + 1)
  const days = lastDay - firstDay + 1
  const means = meansByDay(timeMs, values, firstDay, days)
  if (wholeDays(means, days) < FEWEST_DAYS) return undefined
  const stepMs = median(Float64Array.from({ length: n - 1 }, (_, i) => timeMs[i + 1] - timeMs[i]))
  const known = Float64Array.from({ length: DAY_PARTS }, (_, part) => medianOfDays(means, days, part))
  const profile = filledParts(known)
  if (profile === undefined || emptyParts(known) > Math.max(MOST_EMPTY, (2 * stepMs) / PART_MS))
    return undefined
  const others = Array.from({ length: days }, (_, day) =>
    filledParts(Float64Array.from({ length: DAY_PARTS }, (_, part) => medianOfDays(means, days, part, day))),
  )
  const expected = Float64Array.from(timeMs, time =>
    at(others[Math.floor(time / DAY_MS) - firstDay] ?? profile, time),
  )
  const left = robustDeviation(values.map((value, i) => value - expected[i]))
  const explained = 1 - (left / robustDeviation(values)) ** 2
  if (!(explained >= LEAST_EXPLAINED)) return undefined
  return { cycle: { profile, rest: Math.max(LEAST_REST, left), explained }, expected }
}

/** The mean reading of each part of each day, `[days * 96]`; NaN where there is none. */
function meansByDay(
  timeMs: Float64Array,
  values: Float32Array,
  firstDay: number,
  days: number,
): Float64Array {
  const sums = new Float64Array(days * DAY_PARTS)
  const counts = new Float64Array(days * DAY_PARTS)
  for (let i = 0; i < values.length; i++) {
    const place = Math.floor((timeMs[i] / DAY_MS - firstDay) * DAY_PARTS)
    if (place < 0 || Number.isNaN(values[i])) continue
    sums[place] += values[i]
    counts[place]++
  }
  return sums.map((sum, place) => sum / counts[place])
}

/** How many days have readings in at least half as many parts as is usual. */
function wholeDays(means: Float64Array, days: number): number {
  const counts = Array.from(
    { length: days },
    (_, day) => means.subarray(day * DAY_PARTS, (day + 1) * DAY_PARTS).filter(Number.isFinite).length,
  ).filter(count => count > 0)
  if (counts.length === 0) return 0
  const usual = median(counts)
  return counts.filter(count => count >= usual / 2).length
}

/** Most parts without a reading side by side, around the clock. */
function emptyParts(parts: Float64Array): number {
  let [most, run] = [0, 0]
  for (const value of [...parts, ...parts]) {
    run = Number.isNaN(value) ? run + 1 : 0
    most = Math.max(most, run)
  }
  return most
}

/** The median over the days of one part, one day left out. */
function medianOfDays(means: Float64Array, days: number, part: number, except?: number): number {
  const known: number[] = []
  for (let day = 0; day < days; day++) {
    const value = means[day * DAY_PARTS + part]
    if (day !== except && !Number.isNaN(value)) known.push(value)
  }
  return known.length === 0 ? Number.NaN : median(known)
}

/** Parts without a reading lie on the line between their neighbours, around the clock. Undefined without any. */
function filledParts(parts: Float64Array): Float64Array | undefined {
  const known = Array.from(parts.keys()).filter(part => !Number.isNaN(parts[part]))
  if (known.length === 0) return undefined
  return parts.map((value, part) => {
    if (!Number.isNaN(value)) return value
    const after = known.find(other => other > part) ?? known[0] + DAY_PARTS
    const before = known.findLast(other => other < part) ?? known[known.length - 1] - DAY_PARTS
    const [low, high] = [parts[(before + DAY_PARTS) % DAY_PARTS], parts[after % DAY_PARTS]]
    return low + ((high - low) * (part - before)) / (after - before)
  })
}

/** A profile at a time: on the line between the middles of two parts. */
function at(profile: Float64Array, timeMs: number): number {
  const place = ((((timeMs / DAY_MS) % 1) + 1) % 1) * DAY_PARTS - 0.5
  const part = Math.floor(place)
  const low = profile[(part + DAY_PARTS) % DAY_PARTS]
  return low + (place - part) * (profile[(part + 1) % DAY_PARTS] - low)
}

const robustDeviation = (values: Float32Array): number => {
  const known = values.filter(value => !Number.isNaN(value))
  return known.length === 0 ? Number.NaN : 1.4826 * mad(known)
}

/** What the cycle calls for at these times, `[n]`. */
export function dailyExpected(
  { profile }: DailyCycle,
  { timeMs }: Pick<ScaledFrame, 'timeMs'>,
): Float64Array {
  return Float64Array.from(timeMs, time => at(profile, time))
}

/** Readings in units of what the cycle leaves. @param expected `[N]` see `dailyExpected` */
export function withoutCycle(frame: ScaledFrame, expected: Float64Array, { rest }: DailyCycle): ScaledFrame {
  return { ...frame, values: Float32Array.from(frame.values, (value, i) => (value - expected[i]) / rest) }
}
