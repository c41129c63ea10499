import type { AnomalyEvent } from '../core/contracts.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import type { Model } from '../model/index.js'
import type { ScoredSamples } from '../session/index.js'
import { median, quantile, standardDeviation } from '../stats/index.js'
import { BEYOND, historyRange } from './history-range.js'
import { type PossibleReadings, possibleReadings } from './possible.js'
import { isStateChannel } from './state.js'

/** What is explained: scores of a table as `detect` gives them. */
export type ScoredSeries = Pick<ScoredSamples, 'frame' | 'score' | 'residual' | 'expected'>

/** How a channel reads in normal operation, in its unit. */
export interface UsualChannel {
  readonly name: string
  readonly median: number
  /** 1.4826 MAD; the standard deviation where that is 0. */
  readonly spread: number
  /** Distance from the median that 99.5 % of the readings keep. */
  readonly usualDistance: number
  /** Root mean square of the change from one sample to the next. */
  readonly roughness: number
  /** Of the history where the model keeps it, else of the reference. */
  readonly min: number
  readonly max: number
  /** The longest run of equal readings in the history, samples. */
  readonly longestRun: number
  /** Whether it has more than two different readings: one of two rests without being frozen. */
  readonly hasMany: boolean
  /** Whether it is a state, see `isStateChannel`. */
  readonly isState?: boolean
  /** What it can read at all; absent = anything. */
  readonly possible?: PossibleReadings
}

/** Normal operation: what an event is compared with. */
export interface Reference {
  /** Where the rows are: the table that is explained, or the excerpt of the history that the model keeps. */
  readonly frame: Frame
  readonly source: 'table' | 'history'
  /** Numbers of samples in normal operation, at most `MOST_ROWS` evenly spaced. */
  readonly rows: Int32Array
  /** Consecutive samples in normal operation, in the order of time; of a table those without a reading beyond the history. */
  readonly intervals: readonly Interval[]
  /** `[C]` */
  readonly channels: readonly UsualChannel[]
  /** The readings of a channel in these rows. */
  column(channel: number): Float64Array
}

const MOST_ROWS = 4000
/** Share of the readings that count as usual. */
const USUAL = 0.995
/** Fewer samples of normal operation say nothing: then the excerpt of the history is the reference, else all scored samples. */
const FEWEST_ROWS = 50

/** What is known of normal operation of models, by the model: all events of live data are compared with it. */
const histories = new WeakMap<object, Reference>()

/**
 * Normal operation by the excerpt of the history that a model keeps; undefined where it keeps none. Cost O(C) for each of 1024 samples, once for a model.
 */
export function historyReference({ info, excerpt }: Pick<Model, 'info' | 'excerpt'>): Reference | undefined {
  if (excerpt === undefined || sampleCount(excerpt.frame) < FEWEST_ROWS) return undefined
  const known = histories.get(excerpt)
  if (known) return known
  const { frame, segment } = excerpt
  // The first sample of a segment does not follow the one before it.
  const n = sampleCount(frame)
  const rows = Int32Array.from({ length: n }, (_, i) => i).filter(i => i % segment !== 0)
  const intervals = Array.from({ length: Math.ceil(n / segment) }, (_, k) => ({
    start: k * segment,
    end: Math.min(n, (k + 1) * segment),
  }))
  const reference = referenceOf(info, frame, 'history', { rows, intervals })
  histories.set(excerpt, reference)
  return reference
}

/**
 * Finds normal operation in a scored table: scored samples at or below the threshold, at least a window away from every event. With too few of these, the
 * excerpt of the history, and all scored samples for a model without one. Cost O(N C).
 */
export function findReference(
  model: Pick<Model, 'info' | 'excerpt'>,
  series: ScoredSeries,
  events: readonly AnomalyEvent[],
): Reference {
  const { info } = model
  const { frame, score } = series
  const n = sampleCount(frame)
  const isNormal = new Uint8Array(n)
  for (let i = 0; i < n; i++) isNormal[i] = score[i] <= 1 ? 1 : 0
  for (const { onset, start, end } of events)
    isNormal.fill(0, Math.max(0, Math.min(onset, start) - info.window), Math.min(n, end + info.window))
  let count = isNormal.reduce((sum, value) => sum + value, 0)
  if (count < FEWEST_ROWS) {
    const history = historyReference(model)
    if (history) return history
    for (let i = 0; i < n; i++) isNormal[i] = Number.isNaN(score[i]) ? 0 : 1
    count = isNormal.reduce((sum, value) => sum + value, 0)
  }
  const rows = new Int32Array(count)
  for (let i = 0, k = 0; i < n; i++) if (isNormal[i] === 1) rows[k++] = i
  const step = Math.max(1, count / MOST_ROWS)
  const kept = Int32Array.from({ length: Math.floor(count / step) }, (_, k) => rows[Math.floor(k * step)])
  excludeBeyond(isNormal, frame, info)
  return referenceOf(info, frame, 'table', { rows: kept, intervals: normalIntervals(isNormal) })
}

/** A fault that lasts long is low in score once the detector follows it; no part of it is an example of normal operation. In place. Cost O(N C). */
function excludeBeyond(isNormal: Uint8Array, { values, channels }: Frame, info: Model['info']): void {
  const width = channels.length
  channels.forEach((_, c) => {
    const range = historyRange(info, c)
    if (range === undefined) return
    const margin = BEYOND * (range.max - range.min)
    const [low, high] = [range.min - margin, range.max + margin]
    for (let i = 0; i < isNormal.length; i++) {
      const reading = values[i * width + c]
      if (reading < low || reading > high) isNormal[i] = 0
    }
  })
}

/** Intervals in which all are 1. */
function normalIntervals(isNormal: Uint8Array): Interval[] {
  const intervals: Interval[] = []
  for (let start = isNormal.indexOf(1); start >= 0; ) {
    const next = isNormal.indexOf(0, start)
    const end = next < 0 ? isNormal.length : next
    intervals.push({ start, end })
    start = next < 0 ? -1 : isNormal.indexOf(1, end)
  }
  return intervals
}

function referenceOf(
  info: Model['info'],
  frame: Frame,
  source: Reference['source'],
  { rows, intervals }: Pick<Reference, 'rows' | 'intervals'>,
): Reference {
  const channels = frame.channels.map((name, c) => usualChannel(name, c, frame, rows, info))
  const columns = new Map<number, Float64Array>()
  const column = (c: number) => {
    const known = columns.get(c) ?? columnOf(frame, rows, c)
    columns.set(c, known)
    return known
  }
  return { frame, source, rows, intervals, channels, column }
}

/** The readings of a channel in some samples. */
export function columnOf({ values, channels }: Frame, rows: ArrayLike<number>, c: number): Float64Array {
  const width = channels.length
  const column = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) column[k] = values[rows[k] * width + c]
  return column
}

function usualChannel(
  name: string,
  c: number,
  frame: Frame,
  rows: Int32Array,
  info: Model['info'],
): UsualChannel {
  const { values } = frame
  const schema = info.schema?.channels[c]
  const width = frame.channels.length
  const readings = columnOf(frame, rows, c).filter(Number.isFinite)
  const middle = median(readings)
  const distances = readings.map(reading => Math.abs(reading - middle))
  const robust = 1.4826 * median(distances)
  let changes = 0
  let pairs = 0
  for (const i of rows) {
    const change = i > 0 ? values[i * width + c] - values[(i - 1) * width + c] : Number.NaN
    if (!Number.isFinite(change)) continue
    changes += change * change
    pairs++
  }
  return {
    name,
    median: middle,
    spread: robust > 0 ? robust : readings.length > 1 ? standardDeviation(readings) : 0,
    usualDistance: distances.length > 0 ? quantile(distances, USUAL) : 0,
    roughness: pairs > 0 ? Math.sqrt(changes / pairs) : 0,
    min: schema?.min ?? readings.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    max: schema?.max ?? readings.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    longestRun: schema?.longestRun ?? 1,
    hasMany: hasMany(readings),
    isState: isStateChannel(info, c),
    possible: possibleReadings(info, c),
  }
}

function hasMany(readings: Float64Array): boolean {
  const [first] = readings
  const second = readings.find(reading => reading !== first)
  return second !== undefined && readings.some(reading => reading !== first && reading !== second)
}
