import { createError } from './errors.js'
import type { Frame } from './frame.js'
import { instantOf } from './parse-time.js'
import { scanTime, timeOf } from './time-text.js'

/** A time: a `Date`, ms since the Unix epoch, or a text that says its zone, such as `2024-01-01T06:00:00Z`. */
export type Time = Date | number | string
/** Readings of one channel. `null`, `undefined`, NaN and infinite numbers are missing readings. */
export type Readings = ArrayLike<number | null | undefined>

/** A table by columns. */
export interface FrameColumns {
  /** `[N]` times; without them a sample is known by its row number. */
  readonly time?: ArrayLike<Time>
  /** `[N]` readings of each channel, by its name. */
  readonly channels: Readonly<Record<string, Readings>>
}

/** A sample: its time and its readings by name. */
export type FrameRow = Readonly<Record<string, Time | null | undefined>>

export interface FrameRowsOptions {
  /** Name of the time. Default `time`, where the first row has it; else samples are known by their row numbers. */
  readonly time?: string
  /** Names of the channels, in their order. Default: every name but that of the time, in the order in which rows bring them. */
  readonly channels?: readonly string[]
}

/**
 * A frame from columns. Nothing is kept of what was given. Cost O(N C).
 *
 * @throws DataError `frame-no-channels`, `frame-lengths`, `frame-time`, `frame-value`
 * @example
 * import { frameFromColumns } from 'telltale'
 * const frame = frameFromColumns({ time: ['2024-01-01T00:00:00Z', '2024-01-01T01:01:00+01:00'], channels: { flow: [12.1, null], level: [3, 4] } })
 * frame.channels // => ['flow', 'level']
 * Array.from(frame.values) // => [12.1, 3, NaN, 4]
 * frame.timeMs[1] - frame.timeMs[0] // => 60000
 */
export function frameFromColumns({ time, channels }: FrameColumns): Frame {
  const names = Object.keys(channels)
  if (names.length === 0) throw createError('frame-no-channels', {})
  const n = time?.length ?? channels[names[0]].length
  const values = new Float64Array(n * names.length)
  names.forEach((name, c) => {
    const column = channels[name]
    if (column.length !== n)
      throw createError('frame-lengths', { channel: name, got: column.length, wanted: n })
    for (let i = 0; i < n; i++) values[i * names.length + c] = reading(column[i], i, name)
  })
  return { ...timesOf(n, time && (i => time[i])), values, channels: names }
}

/**
 * A frame from one object per sample; a name that an object lacks is a missing reading. Cost O(N C).
 *
 * @throws DataError `frame-no-channels`, `frame-time`, `frame-value`
 * @example
 * import { frameFromRows } from 'telltale'
 * const frame = frameFromRows([{ time: new Date(0), flow: 1 }, { time: new Date(60_000), flow: 2, level: 5 }])
 * frame.channels // => ['flow', 'level']
 * Array.from(frame.values) // => [1, NaN, 2, 5]
 */
export function frameFromRows(rows: readonly FrameRow[], options: FrameRowsOptions = {}): Frame {
  const hasTime = rows.length > 0 && Object.hasOwn(rows[0], 'time')
  const { time = hasTime ? 'time' : undefined } = options
  const names = options.channels ?? namesOf(rows).filter(name => name !== time)
  if (names.length === 0) throw createError('frame-no-channels', {})
  const values = new Float64Array(rows.length * names.length)
  rows.forEach((row, i) => {
    names.forEach((name, c) => {
      values[i * names.length + c] = reading(Object.hasOwn(row, name) ? row[name] : undefined, i, name)
    })
  })
  const timeOf = time === undefined ? undefined : (i: number) => rows[i][time]
  return { ...timesOf(rows.length, timeOf), values, channels: [...names] }
}

function namesOf(rows: readonly FrameRow[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

function timesOf(n: number, timeOf?: (i: number) => unknown): Pick<Frame, 'timeMs' | 'timeKind'> {
  const timeMs = Float64Array.from({ length: n }, (_, i) => (timeOf ? instant(timeOf(i), i) : i))
  return { timeMs, timeKind: timeOf ? 'utc' : 'index' }
}

function reading(value: unknown, sample: number, channel: string): number {
  if (value === null || value === undefined) return Number.NaN
  if (typeof value !== 'number')
    throw createError('frame-value', { sample, channel, got: String(JSON.stringify(value) ?? value) })
  return Number.isFinite(value) ? value : Number.NaN
}

const LATEST_MS = 8.64e15

function instant(time: unknown, sample: number): number {
  const ms = timeMs(time)
  if (Number.isNaN(ms))
    throw createError('frame-time', { sample, got: time instanceof Date ? 'an invalid Date' : `${time}` })
  return ms
}

/**
 * Ms since the Unix epoch of a `Time`; NaN for what is none.
 *
 * @example
 * import { timeMs } from './frame-builders.js'
 * timeMs('1970-01-01T00:00:01Z') // => 1000
 * timeMs('soon') // => null
 */
export function timeMs(time: unknown): number {
  const ms = time instanceof Date ? time.getTime() : typeof time === 'string' ? msOf(time) : time
  return typeof ms === 'number' && Math.abs(ms) <= LATEST_MS ? ms : Number.NaN
}

/** NaN for what is no time, does not say its zone, or leaves day and month open. */
function msOf(text: string): number {
  const fields = scanTime(text)
  if (fields === undefined || 'abbreviation' in fields || fields.orders.length > 1) return Number.NaN
  const reading = timeOf(fields, fields.orders[0])
  return reading && (reading.hasOffset || reading.zone) ? instantOf(reading, 'UTC') : Number.NaN
}
