import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { DAY_MS } from '../core/milliseconds.js'
import { createZoneOffsets } from '../core/zone-offset.js'
import { mad, mean, median } from '../stats/index.js'

/** What a channel usually reads at a time of the day, or of the week. */
export interface CalendarCycle {
  /**
   * `[96 days]` scaled readings in the middle of each quarter of an hour. A week begins on Thursday, as 1970 did.
   */
  readonly profile: Float64Array
  /** Time zone whose clock it follows. */
  readonly zone: string
  /** Robust standard deviation of what the cycle leaves, scaled. */
  readonly rest: number
  /** Share of the variance that the cycle explains on days that it was not learnt from. */
  readonly explained: number
}

/** Parts of a day. */
const DAY_PARTS = 96
/** Days of a cycle. */
const CYCLE_DAYS = [1, 7] as const
/** Parts of a cycle: 96 of a day, or 672 of a week. */
export const CYCLE_PARTS = CYCLE_DAYS.map(days => days * DAY_PARTS)
/** Days that must be there to learn from, as of a history of seven days of which a fifth calibrates: of fewer, the usual day is not known. */
const FEWEST_DAYS = 5
/** Each day of the week must be there as often: the median of the others is then that of two. */
const FEWEST_WEEKS = 3
/** Parts without readings that the line between their neighbours may cross; more where samples are further apart. */
const MOST_EMPTY = 8
const PART_MS = DAY_MS / DAY_PARTS
/** A cycle that explains less is left in: then other things decide what the channel reads. */
const LEAST_EXPLAINED = 0.5
/** Smallest deviation of what it leaves, standard deviations of the history. */
const LEAST_REST = 0.02
/** Most days that a cycle is learnt from, the last ones. */
const MOST_DAYS = 100

/** A cycle, and what the other days call for at each sample of the history, `[N]`. */
export interface FoundCycle {
  readonly cycle: CalendarCycle
  readonly expected: Float64Array
}

/**
 * The daily or weekly cycle of the only channel of a history, where it explains at least half of the variance: each reading is compared with the median of the other days, or of the other days with the
 * same name, at its time of day. Both variances are robust, from the median absolute deviation: a fault in the history does not hide the cycle.
 *
 * Of the two it is the one that leaves the smaller mean absolute difference on days that it was not learnt from. That mean, and not the median, decides, as two days of a week are no more than
 * outliers to a median. Where all days are alike the median of all of them is the better known one, and a week is not found.
 *
 * Cost O(N + 96 D^2) for D days.
 *
 * @param train scaled, one channel
 * @param zone its clock counts the days, so that a cycle which follows local time does not move when clocks change
 * @returns undefined without times, with readings of fewer than 5 days, where more than two hours of the day have none, and where the calendar explains less
 */
export function findCycle(train: ScaledFrame, zone = 'UTC'): FoundCycle | undefined {
  const { timeKind, values } = train
  const n = sampleCount(train)
  if (timeKind === 'index' || n < 2) return undefined
  const timeMs = localTimes(train.timeMs, zone)
  const lastDay = dayOf(timeMs[n - 1])
  const firstDay = Math.max(dayOf(timeMs[0]), lastDay - MOST_DAYS + 1)
  const days = lastDay - firstDay + 1
  const history = { firstDay, days, means: meansByDay(timeMs, values, firstDay, days) }
  const stepMs = median(Float64Array.from({ length: n - 1 }, (_, i) => timeMs[i + 1] - timeMs[i]))
  const mostEmpty = Math.max(MOST_EMPTY, (2 * stepMs) / PART_MS)
  const readings = { timeMs, values, zone }
  const found = CYCLE_DAYS.flatMap(length => cycleOf(readings, history, length, mostEmpty) ?? []).filter(
    ({ cycle }) => cycle.explained >= LEAST_EXPLAINED,
  )
  return found.length > 1 && found[1].left < found[0].left ? found[1] : found[0]
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

/** Readings of a history by day. */
interface History {
  /** Number of the first day since 1970. */
  readonly firstDay: number
  readonly days: number
  /** See `meansByDay`. */
  readonly means: Float64Array
}

/** The cycle of `length` days, and the mean absolute difference that it leaves; undefined where too few days are known. */
function cycleOf(
  { timeMs, values, zone }: Pick<ScaledFrame, 'timeMs' | 'values'> & { readonly zone: string },
  history: History,
  length: number,
  mostEmpty: number,
): (FoundCycle & { readonly left: number }) | undefined {
  if (!knowsDays(history, length)) return undefined
  const known = usualParts(history, length)
  const profile = filledParts(known)
  if (profile === undefined || emptyParts(known) > mostEmpty) return undefined
  const others = Array.from({ length: history.days }, (_, day) =>
    filledParts(usualParts(history, length, day)),
  )
  const expected = Float64Array.from(timeMs, time =>
    at(others[dayOf(time) - history.firstDay] ?? profile, time),
  )
  const differences = values.map((value, i) => value - expected[i])
  const rest = robustDeviation(differences)
  const explained = 1 - (rest / robustDeviation(values)) ** 2
  const left = mean(differences.filter(value => !Number.isNaN(value)).map(Math.abs))
  return { cycle: { profile, zone, rest: Math.max(LEAST_REST, rest), explained }, expected, left }
}

const dayOf = (timeMs: number) => Math.floor(timeMs / DAY_MS)

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

/** Whether enough days have readings in at least half as many parts as is usual: five, and of a week each one three times. */
function knowsDays({ firstDay, days, means }: History, length: number): boolean {
  const counts = Array.from(
    { length: days },
    (_, day) => means.subarray(day * DAY_PARTS, (day + 1) * DAY_PARTS).filter(Number.isFinite).length,
  )
  const usual = median(counts.filter(count => count > 0))
  const whole = Array.from(counts.keys()).filter(day => counts[day] > 0 && counts[day] >= usual / 2)
  if (length === 1) return whole.length >= FEWEST_DAYS
  const ofEach = new Uint32Array(length)
  for (const day of whole) ofEach[dayOfCycle(firstDay + day, length)]++
  return ofEach.every(count => count >= FEWEST_WEEKS)
}

const dayOfCycle = (day: number, length: number) => ((day % length) + length) % length

/** Most parts without a reading side by side, around the clock. */
function emptyParts(parts: Float64Array): number {
  let [most, run] = [0, 0]
  for (const value of [...parts, ...parts]) {
    run = Number.isNaN(value) ? run + 1 : 0
    most = Math.max(most, run)
  }
  return most
}

/** The median of each part of a cycle of `length` days over the days, `[96 length]`, one day left out; NaN where none has a reading. */
function usualParts({ firstDay, days, means }: History, length: number, except?: number): Float64Array {
  const ofDay = Array.from({ length }, (_, one) =>
    Array.from({ length: days }, (_, day) => day).filter(
      day => day !== except && dayOfCycle(firstDay + day, length) === one,
    ),
  )
  return Float64Array.from({ length: length * DAY_PARTS }, (_, place) => {
    const part = place % DAY_PARTS
    const known = ofDay[Math.floor(place / DAY_PARTS)]
      .map(day => means[day * DAY_PARTS + part])
      .filter(value => !Number.isNaN(value))
    return known.length === 0 ? Number.NaN : median(known)
  })
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
function at(profile: Float64Array, timeMs: number): number {
  const { length } = profile
  const ofCycle = timeMs / (DAY_MS * (length / DAY_PARTS))
  const place = (ofCycle - Math.floor(ofCycle)) * length - 0.5
  const part = Math.floor(place)
  const low = profile[(part + length) % length]
  return low + (place - part) * (profile[(part + 1) % length] - low)
}

/** Days of a cycle. */
export const cycleDays = ({ profile }: Pick<CalendarCycle, 'profile'>): 1 | 7 =>
  profile.length === DAY_PARTS ? 1 : 7

const robustDeviation = (values: Float32Array): number => {
  const known = values.filter(value => !Number.isNaN(value))
  return known.length === 0 ? Number.NaN : 1.4826 * mad(known)
}

/** What the cycle calls for at these times, `[n]`. */
export function cycleExpected(
  { profile, zone }: CalendarCycle,
  { timeMs }: Pick<ScaledFrame, 'timeMs'>,
): Float64Array {
  return Float64Array.from(localTimes(timeMs, zone), time => at(profile, time))
}

/** Readings in units of what the cycle leaves. @param expected `[N]` see `cycleExpected` */
export function withoutCycle(
  frame: ScaledFrame,
  expected: Float64Array,
  { rest }: CalendarCycle,
): ScaledFrame {
  return { ...frame, values: Float32Array.from(frame.values, (value, i) => (value - expected[i]) / rest) }
}
