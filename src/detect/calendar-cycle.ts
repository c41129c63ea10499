import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { DAY_MS, HOUR_MS } from '../core/milliseconds.js'
import { createZoneOffsets } from '../core/zone-offset.js'
import { mad, mean, median } from '../stats/index.js'

/** What a channel usually reads at a time of the day, or of the week. */
export interface CalendarCycle {
  /** How long it is. A week begins on Thursday, as 1970 did. */
  readonly days: CycleDays
  /** `[parts * days]` scaled readings in the middle of each part. */
  readonly profile: Float64Array
  /** Time zone whose clock it follows. */
  readonly zone: string
  /** Added to the times of that clock, ms: those at which samples are usually taken are then in the middle of a part. */
  readonly shiftMs: number
  /** Robust standard deviation of what the cycle leaves, scaled. */
  readonly rest: number
  /** Share of the variance that the cycle explains on days that it was not learnt from. */
  readonly explained: number
}

/** Days of a cycle. */
export const CYCLE_DAYS = [1, 7] as const
export type CycleDays = (typeof CYCLE_DAYS)[number]
/** Parts that a day may have, of 15 minutes to one. */
export const DAY_PARTS: readonly number[] = [96, 144, 240, 288, 480, 720, 1440]
/** Days that must be there to learn from, as of a history of seven days of which a fifth calibrates: of fewer, the usual day is not known. */
const FEWEST_DAYS = 5
/** Each day of the week must be there as often: the median of the others is then that of two. */
const FEWEST_WEEKS = 3
/** Time without readings that the line between their neighbours may cross; more where samples are further apart. */
const MOST_EMPTY_MS = 2 * HOUR_MS
/** A cycle that explains less is left in: then other things decide what the channel reads. */
const LEAST_EXPLAINED = 0.5
/** Smallest deviation of what it leaves, standard deviations of the history. */
const LEAST_REST = 0.02
/** Most days that a cycle is learnt from, the last ones. */
const MOST_DAYS = 100
/** Samples are taken at one time of each part where the length of their mean direction around it is more. */
const ONE_TIME = 0.5

/** A cycle, and what the other days call for at each sample of the history, `[N]`. */
export interface FoundCycle {
  readonly cycle: CalendarCycle
  readonly expected: Float64Array
}

/**
 * The daily or weekly cycle of the only channel of a history, where it explains at least half of the variance: each reading is compared with the median of the other days, or of the other days with the
 * same name, at its time of day. Both variances are robust, from the median absolute deviation: a fault in the history does not hide the cycle.
 *
 * A day has 96 parts, or as many as there are samples, as far as 1,440: with few days means of several samples are known better, and where a machine starts at the same minute every day a mean over that
 * minute is what it never reads.
 *
 * Of day and week, and of few and many parts, it is the one that leaves the smallest mean absolute difference on days that it was not learnt from. That mean, and not the median, decides, as two days of a
 * week, and edges, are no more than outliers to a median. Where all days are alike the median of all of them is the better known one, and a week is not found.
 *
 * Cost O(N + P D log D) for D days of P parts.
 *
 * @param train scaled, one channel
 * @param zone its clock counts the days, so that a cycle which follows local time does not move when clocks change
 * @returns undefined without times, with readings of fewer than 5 days, where more than two hours of the day have none, and where the calendar explains less
 */
export function findCycle(train: ScaledFrame, zone = 'UTC'): FoundCycle | undefined {
  const { timeKind, values } = train
  const n = sampleCount(train)
  if (timeKind === 'index' || n < 2) return undefined
  const clock = localTimes(train.timeMs, zone)
  const stepMs = median(Float64Array.from({ length: n - 1 }, (_, i) => train.timeMs[i + 1] - train.timeMs[i]))
  const finest = DAY_PARTS.findLast(parts => DAY_MS / parts >= 0.99 * stepMs) ?? DAY_PARTS[0]
  let best: (FoundCycle & { readonly left: number }) | undefined
  for (const parts of new Set([DAY_PARTS[0], finest])) {
    const shiftMs = shiftOf(clock, DAY_MS / parts)
    const history = historyOf({ timeMs: clock.map(time => time + shiftMs), values, parts })
    const mostEmpty = Math.max(MOST_EMPTY_MS, 2 * stepMs) / (DAY_MS / parts)
    for (const days of CYCLE_DAYS) {
      const found = cycleOf(history, days, mostEmpty)
      if (
        found === undefined ||
        found.explained < LEAST_EXPLAINED ||
        !(found.left < (best?.left ?? Infinity))
      )
        continue
      const { profile, expected, left, rest, explained } = found
      best = { cycle: { days, profile, zone, shiftMs, rest, explained }, expected, left }
    }
  }
  return best && { cycle: best.cycle, expected: best.expected }
}

/** What is added to times so that those of the samples are in the middle of a part; where they are all over it, its border is. */
function shiftOf(timeMs: Float64Array, partMs: number): number {
  let [x, y] = [0, 0]
  for (const time of timeMs) {
    const angle = (2 * Math.PI * time) / partMs
    x += Math.cos(angle)
    y += Math.sin(angle)
  }
  const isOneTime = Math.hypot(x, y) > ONE_TIME * timeMs.length
  const usual = isOneTime ? Math.round((Math.atan2(y, x) / (2 * Math.PI)) * partMs) : 0
  return partMs / 2 - usual
}

/** Readings of a history by day. */
interface History {
  readonly timeMs: Float64Array
  readonly values: Float32Array
  /** Parts of a day. */
  readonly parts: number
  /** Number of the first day since 1970. */
  readonly firstDay: number
  readonly days: number
  /** `[days * parts]` the mean reading of each part of each day; NaN where there is none. */
  readonly means: Float64Array
}

function historyOf({ timeMs, values, parts }: Pick<History, 'timeMs' | 'values' | 'parts'>): History {
  const lastDay = dayOf(timeMs[timeMs.length - 1])
  const firstDay = Math.max(dayOf(timeMs[0]), lastDay - MOST_DAYS + 1)
  const days = lastDay - firstDay + 1
  const sums = new Float64Array(days * parts)
  const counts = new Float64Array(days * parts)
  for (let i = 0; i < values.length; i++) {
    const place = Math.floor((timeMs[i] / DAY_MS - firstDay) * parts)
    if (place < 0 || Number.isNaN(values[i])) continue
    sums[place] += values[i]
    counts[place]++
  }
  return { timeMs, values, parts, firstDay, days, means: sums.map((sum, place) => sum / counts[place]) }
}

/** The cycle of `length` days, what the other days call for, and the mean absolute difference from it; undefined where too few days are known. */
function cycleOf(history: History, length: CycleDays, mostEmpty: number) {
  const { timeMs, values, parts, firstDay, days } = history
  if (!knowsDays(history, length)) return undefined
  const known = Array.from({ length: length * parts }, (_, place) => readingsOf(history, length, place))
  const usual = Float64Array.from(known, readings => medianWithout(readings))
  const profile = filledParts(usual)
  if (profile === undefined || emptyParts(usual) > mostEmpty) return undefined
  const others = Array.from({ length: days }, (_, day) => {
    const without = usual.slice()
    const from = dayOfCycle(firstDay + day, length) * parts
    for (let place = from; place < from + parts; place++) without[place] = medianWithout(known[place], day)
    return filledParts(without)
  })
  const expected = Float64Array.from(timeMs, time =>
    at(others[dayOf(time) - firstDay] ?? profile, length, time),
  )
  const differences = values.map((value, i) => value - expected[i])
  const rest = robustDeviation(differences)
  const explained = 1 - (rest / robustDeviation(values)) ** 2
  const left = mean(differences.filter(value => !Number.isNaN(value)).map(Math.abs))
  return { profile, expected, left, rest: Math.max(LEAST_REST, rest), explained }
}

/** Readings of one part of a cycle, ascending, and the days that they are of. */
interface PartReadings {
  readonly values: readonly number[]
  readonly days: readonly number[]
}

function readingsOf({ firstDay, days, means, parts }: History, length: number, place: number): PartReadings {
  const part = place % parts
  const known: [value: number, day: number][] = []
  for (let day = 0; day < days; day++) {
    const value = means[day * parts + part]
    if (dayOfCycle(firstDay + day, length) === Math.floor(place / parts) && !Number.isNaN(value))
      known.push([value, day])
  }
  known.sort(([a], [b]) => a - b)
  return { values: known.map(([value]) => value), days: known.map(([, day]) => day) }
}

/** The median of the readings, one day left out; NaN of none. */
function medianWithout({ values, days }: PartReadings, day = -1): number {
  const out = days.indexOf(day)
  const count = out < 0 ? values.length : values.length - 1
  if (count === 0) return Number.NaN
  const nth = (k: number) => values[out >= 0 && k >= out ? k + 1 : k]
  return (nth((count - 1) >> 1) + nth(count >> 1)) / 2
}

const dayOf = (timeMs: number) => Math.floor(timeMs / DAY_MS)
const dayOfCycle = (day: number, length: number) => ((day % length) + length) % length

/** Whether enough days have readings in at least half as many parts as is usual: five, and of a week each one three times. */
function knowsDays({ firstDay, days, means, parts }: History, length: number): boolean {
  const counts = Array.from(
    { length: days },
    (_, day) => means.subarray(day * parts, (day + 1) * parts).filter(Number.isFinite).length,
  )
  const usual = median(counts.filter(count => count > 0))
  const whole = Array.from(counts.keys()).filter(day => counts[day] > 0 && counts[day] >= usual / 2)
  if (length === 1) return whole.length >= FEWEST_DAYS
  const ofEach = new Uint32Array(length)
  for (const day of whole) ofEach[dayOfCycle(firstDay + day, length)]++
  return ofEach.every(count => count >= FEWEST_WEEKS)
}

/** Times of the clock of a zone, ms. */
function localTimes(timeMs: Float64Array, zone: string): Float64Array {
  if (zone === 'UTC') return timeMs
  const offsetAt = clockOf(zone)
  return timeMs.map(time => time + offsetAt(time))
}

/** Offsets of each zone that was asked for: a look-up is dear. */
const CLOCKS = new Map<string, (timeMs: number) => number>()

function clockOf(zone: string) {
  const known = CLOCKS.get(zone) ?? createZoneOffsets(zone, '--time-zone')
  CLOCKS.set(zone, known)
  return known
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

/** Parts without a reading lie on the line between their neighbours, around the cycle. Undefined without any. */
function filledParts(parts: Float64Array): Float64Array | undefined {
  const { length } = parts
  const known = Array.from(parts.keys()).filter(part => !Number.isNaN(parts[part]))
  if (known.length === 0) return undefined
  return parts.map((value, part) => {
    if (!Number.isNaN(value)) return value
    const after = known.find(other => other > part) ?? known[0] + length
    const before = known.findLast(other => other < part) ?? known[known.length - 1] - length
    const [low, high] = [parts[(before + length) % length], parts[after % length]]
    return low + ((high - low) * (part - before)) / (after - before)
  })
}

/** A profile at a time: on the line between the middles of two parts. */
function at(profile: Float64Array, days: number, timeMs: number): number {
  const { length } = profile
  const ofCycle = timeMs / (DAY_MS * days)
  const place = (ofCycle - Math.floor(ofCycle)) * length - 0.5
  const part = Math.floor(place)
  const low = profile[(part + length) % length]
  return low + (place - part) * (profile[(part + 1) % length] - low)
}

const robustDeviation = (values: Float32Array): number => {
  const known = values.filter(value => !Number.isNaN(value))
  return known.length === 0 ? Number.NaN : 1.4826 * mad(known)
}

/** What the cycle calls for at these times, `[n]`. */
export function cycleExpected(
  { profile, days, zone, shiftMs }: CalendarCycle,
  { timeMs }: Pick<ScaledFrame, 'timeMs'>,
): Float64Array {
  return Float64Array.from(localTimes(timeMs, zone), time => at(profile, days, time + shiftMs))
}

/** Readings in units of what the cycle leaves. @param expected `[N]` see `cycleExpected` */
export function withoutCycle(
  frame: ScaledFrame,
  expected: Float64Array,
  { rest }: CalendarCycle,
): ScaledFrame {
  return { ...frame, values: Float32Array.from(frame.values, (value, i) => (value - expected[i]) / rest) }
}
