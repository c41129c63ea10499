import type { Frame, Interval } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
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
const MOST_PLACES = 2000
/** Distance between the places that are tried before all, in steps. */
const COARSE = 16
/** Cells that are compared before a place may be left off. */
const CELLS_BETWEEN_CHECKS = 16
/** Share of the compared readings that have to be there on both sides. */
const LEAST_READINGS = 0.5

/** What of an event is compared. */
export interface SoughtInterval {
  /** Samples of the event and around it. */
  readonly range: Interval
  /** Sample around which a long range is cut. */
  readonly peak: number
  /** Channels that explain the event. */
  readonly main: readonly number[]
}

/** Readings that are passed through together, by all events: as many stay in the cache of a processor. */
const TILE_CELLS = 32_768

/**
 * The intervals of normal operation that are nearest to events: when the machine ran like this and nothing was wrong. The channels that explain an event are
 * left out, because they do not read as usual; when all explain it, all are compared. Null where normal operation has no interval with readings of these channels.
 *
 * Cost: for each event at most 2000 places and those around the best, each 32 samples of C channels, most of them left off early. All events pass
 * through the table together: reading it from memory takes longer than comparing.
 */
export async function nearestNormals(
  { frame }: Pick<ScoredSeries, 'frame'>,
  reference: Reference,
  sought: readonly SoughtInterval[],
  pauses: Pauses = {},
): Promise<(NormalInterval | null)[]> {
  const comparisons = sought.map(one => comparisonOf(frame, reference, one))
  const searches = comparisons.flatMap(one => (one === null ? [] : [one.search]))
  const end = reference.intervals.reduce((most, interval) => Math.max(most, interval.end), 0)
  const tile = Math.max(COARSE, Math.floor(TILE_CELLS / frame.channels.length))
  // A good place that is known early lets the others be left off early.
  for (const stride of [COARSE, 1]) {
    for (const search of searches) search.begin(stride)
    for (let until = tile; until < end + tile; until += tile) {
      await breathe(pauses, 'explaining')
      for (const search of searches) search.advance(until)
    }
  }
  return comparisons.map(one => {
    const found = one?.search.finish()
    if (!one || found === undefined) return null
    const { beside } = one
    const range = { start: found.start, end: found.start + beside.end - beside.start }
    const { source } = reference
    return { frame: reference.frame, source, range, beside, distance: Math.sqrt(found.square) }
  })
}

/** The samples of an event that are compared, and the search for those nearest to them; null where there is nothing to compare. */
function comparisonOf(frame: Frame, reference: Reference, { range, peak, main }: SoughtInterval) {
  const moving = reference.channels.map((_, c) => c).filter(c => reference.channels[c].spread > 0)
  const others = moving.filter(c => !main.includes(c))
  const channels = others.length > 0 ? others : moving
  const longest = reference.intervals.reduce((most, { start, end }) => Math.max(most, end - start), 0)
  const length = Math.min(range.end - range.start, longest, MOST_SAMPLES)
  if (length < 1 || channels.length === 0) return null
  const first = Math.max(range.start, Math.min(peak - (length >> 1), range.end - length))
  const count = Math.min(length, MOST_POINTS)
  const offsets = scattered(count).map(k => Math.floor(((k + 0.5) * length) / count))
  const distanceAt = distanceTo(
    { values: frame.values, start: first },
    { values: reference.frame.values, spreads: reference.channels.map(({ spread }) => spread) },
    { width: frame.channels.length, channels, offsets },
  )
  return {
    beside: { start: first, end: first + length },
    search: openSearch(reference.intervals, length, distanceAt),
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
  const { width, channels, offsets } = compared
  const cells = channels.length * offsets.length
  // Of each compared cell: where it is, counted from the first of the interval, the scale of its channel and the scaled reading of the event.
  const places = new Int32Array(cells)
  const scales = new Float64Array(cells)
  const own = new Float64Array(cells)
  offsets.forEach((offset, k) => {
    channels.forEach((c, j) => {
      const cell = k * channels.length + j
      places[cell] = offset * width + c
      scales[cell] = 1 / normal.spreads[c]
      own[cell] = event.values[event.start * width + places[cell]] * scales[cell]
    })
  })
  const { values } = normal
  const whole = (start: number, most: number): number | undefined => {
    const limit = most * cells
    const base = start * width
    let sum = 0
    for (let cell = 0; cell < cells; ) {
      const end = Math.min(cells, cell + CELLS_BETWEEN_CHECKS)
      for (; cell < end; cell++) {
        const difference = own[cell] - values[base + places[cell]] * scales[cell]
        sum += difference * difference
      }
      // Also where a reading is missing: the sum is NaN then.
      if (!(sum <= limit)) return Number.isNaN(sum) ? partial(start, most) : undefined
    }
    return sum / cells
  }
  /** Where readings are missing. */
  const partial = (start: number, most: number): number | undefined => {
    const base = start * width
    let sum = 0
    let known = 0
    for (let cell = 0; cell < cells; cell++) {
      const difference = own[cell] - values[base + places[cell]] * scales[cell]
      // NaN where one of both is missing.
      if (difference - difference !== 0) continue
      sum += difference * difference
      known++
    }
    return known < LEAST_READINGS * cells || sum > most * known ? undefined : sum / known
  }
  return whole
}

/** A search that continues where it stopped. */
interface Search {
  /** Goes back to the first place; every `stride`-th of the evenly spaced places is tried. */
  begin(stride: number): void
  /** Tries the places before a sample. */
  advance(until: number): void
  /** The best of the places that were tried and of all around it. */
  finish(): Found | undefined
}

function openSearch(intervals: readonly Interval[], length: number, distanceAt: DistanceAt): Search {
  const fitting = intervals.filter(({ start, end }) => end - start >= length)
  const places = fitting.reduce((sum, { start, end }) => sum + end - start - length + 1, 0)
  const step = Math.max(1, Math.ceil(places / MOST_PLACES))
  let best: Found | undefined
  let own: Interval | undefined
  let [k, at, by] = [0, 0, step]
  const tryAt = (start: number): boolean => {
    const square = distanceAt(start, best?.square ?? Number.POSITIVE_INFINITY)
    if (square === undefined || (best !== undefined && square >= best.square)) return false
    best = { start, square }
    return true
  }
  return {
    begin(stride) {
      k = 0
      at = fitting[0]?.start ?? 0
      by = stride * step
    },
    advance(until) {
      while (k < fitting.length) {
        const last = Math.min(until - 1, fitting[k].end - length)
        for (; at <= last; at += by) if (tryAt(at)) own = fitting[k]
        if (at + length <= fitting[k].end) return
        k++
        if (k < fitting.length) at = fitting[k].start
      }
    },
    finish() {
      if (best === undefined || own === undefined) return undefined
      const around = best.start
      const last = Math.min(own.end - length, around + step - 1)
      for (let start = Math.max(own.start, around - step + 1); start <= last; start++) tryAt(start)
      return best
    },
  }
}
