import type { Frame, Interval } from '../core/frame.js'
import type { Reference, ScoredSeries } from './reference.js'

/** Consecutive samples of normal operation that are like those of an event. */
export interface NormalInterval {
  /** Where they are: the table that is explained, or the excerpt of the history that the model keeps. */
  readonly frame: Frame
  readonly source: Reference['source']
  /** Samples of that frame. */
  readonly range: Interval
  /** Samples of the event that they are compared with, as many. */
  readonly beside: Interval
  /** Root mean square difference in the compared channels, in usual spreads. */
  readonly distance: number
}

/** Samples that are compared at most, around the peak. */
const MOST_SAMPLES = 160
/** Of these, evenly spaced, those that count. */
const MOST_POINTS = 32
/** Places that are tried before those around the best of them. */
const MOST_PLACES = 4000
/** Distance between the places that are tried before all, in steps. */
const COARSE = 16
/** Share of the compared readings that have to be there on both sides. */
const LEAST_READINGS = 0.5

/**
 * The interval of normal operation that is nearest to an event: when the machine ran like this and nothing was wrong. The channels that explain the event are
 * left out, because they do not read as usual; when all explain it, all are compared. Null where normal operation has no interval with readings of these channels.
 *
 * Cost: at most 4000 places and those around the best, each 32 samples of C channels, most of them left off early.
 *
 * @param range samples of the event and around it
 * @param peak sample around which a long range is cut
 * @param main channels that explain the event
 */
export function nearestNormal(
  { frame }: Pick<ScoredSeries, 'frame'>,
  reference: Reference,
  range: Interval,
  peak: number,
  main: readonly number[],
): NormalInterval | null {
  const width = frame.channels.length
  const moving = reference.channels.map((_, c) => c).filter(c => reference.channels[c].spread > 0)
  const others = moving.filter(c => !main.includes(c))
  const channels = others.length > 0 ? others : moving
  const longest = reference.intervals.reduce((most, { start, end }) => Math.max(most, end - start), 0)
  const length = Math.min(range.end - range.start, longest, MOST_SAMPLES)
  if (length < 1 || channels.length === 0) return null
  const first = Math.max(range.start, Math.min(peak - (length >> 1), range.end - length))
  const beside = { start: first, end: first + length }
  const count = Math.min(length, MOST_POINTS)
  const offsets = scattered(count).map(k => Math.floor(((k + 0.5) * length) / count))
  const distanceAt = distanceTo(
    { values: frame.values, start: beside.start },
    { values: reference.frame.values, spreads: reference.channels.map(({ spread }) => spread) },
    { width, channels, offsets },
  )
  const found = search(reference.intervals, length, distanceAt)
  if (found === undefined) return null
  const { start, square } = found
  return {
    frame: reference.frame,
    source: reference.source,
    range: { start, end: start + length },
    beside,
    distance: Math.sqrt(square),
  }
}

/** 0 to `count` - 1 with neighbours far apart: the sum over a place that is no match grows fast, and it is left off early. */
function scattered(count: number): number[] {
  const stride = 5
  return Array.from({ length: stride }, (_, first) =>
    Array.from({ length: Math.ceil((count - first) / stride) }, (_, k) => first + k * stride),
  ).flat()
}

interface Found {
  readonly start: number
  readonly square: number
}

/** Mean square difference of the interval that begins at a sample; undefined above `most` or where too few readings are known. */
type DistanceAt = (start: number, most: number) => number | undefined

function distanceTo(
  event: { readonly values: Frame['values']; readonly start: number },
  normal: { readonly values: Frame['values']; readonly spreads: readonly number[] },
  compared: {
    readonly width: number
    readonly channels: readonly number[]
    readonly offsets: readonly number[]
  },
): DistanceAt {
  const { width, offsets } = compared
  const channels = Int32Array.from(compared.channels)
  const steps = Int32Array.from(offsets, offset => offset * width)
  const sizes = Float64Array.from(channels, c => 1 / normal.spreads[c])
  const cells = channels.length * offsets.length
  const own = new Float64Array(cells)
  steps.forEach((step, k) => {
    channels.forEach((c, j) => {
      own[k * channels.length + j] = event.values[event.start * width + step + c] * sizes[j]
    })
  })
  const { values } = normal
  const { length } = channels
  const whole = (start: number, most: number): number | undefined => {
    const limit = most * cells
    let sum = 0
    let cell = 0
    for (let k = 0; k < steps.length; k++) {
      const to = start * width + steps[k]
      for (let j = 0; j < length; j++) {
        const difference = own[cell++] - values[to + channels[j]] * sizes[j]
        sum += difference * difference
      }
      // Also where a reading is missing: the sum is NaN then.
      if (!(sum <= limit)) return Number.isNaN(sum) ? partial(start, most) : undefined
    }
    return sum / cells
  }
  /** Where readings are missing. */
  const partial = (start: number, most: number): number | undefined => {
    let sum = 0
    let known = 0
    let cell = 0
    for (let k = 0; k < steps.length; k++) {
      const to = start * width + steps[k]
      for (let j = 0; j < length; j++) {
        const difference = own[cell++] - values[to + channels[j]] * sizes[j]
        // NaN where one of both is missing.
        if (difference - difference !== 0) continue
        sum += difference * difference
        known++
      }
      // The mean over all cells is a lower bound of that over the known ones.
      if (sum > most * cells) return undefined
    }
    return known < LEAST_READINGS * cells || sum > most * known ? undefined : sum / known
  }
  return whole
}

/** The best of evenly spaced places, then of all around it. */
function search(intervals: readonly Interval[], length: number, distanceAt: DistanceAt): Found | undefined {
  const fitting = intervals.filter(({ start, end }) => end - start >= length)
  const places = fitting.reduce((sum, { start, end }) => sum + end - start - length + 1, 0)
  const step = Math.max(1, Math.ceil(places / MOST_PLACES))
  let best: Found | undefined
  let own: Interval | undefined
  const tryAt = (start: number): boolean => {
    const square = distanceAt(start, best?.square ?? Number.POSITIVE_INFINITY)
    if (square === undefined || (best !== undefined && square >= best.square)) return false
    best = { start, square }
    return true
  }
  // A good place that is known early lets the others be left off early.
  for (const stride of [COARSE * step, step])
    for (const interval of fitting)
      for (let start = interval.start; start + length <= interval.end; start += stride)
        if (tryAt(start)) own = interval
  if (best === undefined || own === undefined) return undefined
  const around = best.start
  const last = Math.min(own.end - length, around + step - 1)
  for (let start = Math.max(own.start, around - step + 1); start <= last; start++) tryAt(start)
  return best
}
