import { checkFrame, checkParts } from '../core/check-input.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
import type { Stage } from './order.js'
import { joinParts, type Part, slicePart } from './part.js'

export const AGGREGATES = ['mean', 'median', 'min', 'max', 'sum', 'first', 'last'] as const
/** How the readings of one step become one; each leaves missing readings out, and is missing when all are. */
export type Aggregate = (typeof AGGREGATES)[number]

export interface ResampleOptions {
  /** Length of a step, ms > 0. Steps begin at multiples of it since 1970-01-01 UTC. */
  readonly cadenceMs: number
  /** Default `mean`. */
  readonly aggregate?: Aggregate
  /** How long the last reading of each channel is held where a step has none, ms; default 0. Beyond that the gap stays a gap. */
  readonly toleranceMs?: number
}

const JOIN: Record<Aggregate, (values: Float64Array) => number> = {
  mean: values => values.reduce((sum, value) => sum + value, 0) / values.length,
  median: values => {
    const sorted = values.slice().sort()
    const half = sorted.length >> 1
    return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
  },
  min: values => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  max: values => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  sum: values => values.reduce((sum, value) => sum + value, 0),
  first: values => values[0]!,
  last: values => values.at(-1)!,
}

/**
 * Brings samples in order of time to a steady cadence: the sample at `t` joins all that lie in `[t, t + cadence)`. A channel without a reading in a
 * step holds its last one for `toleranceMs`, counted from that reading to the step, and never looks ahead; a step in which no channel has or holds one is a gap.
 * A label is 1 when one of its samples is. Errors: `option-invalid`, `data-bad-time` for a frame without times. Cost O(N C), median O(N C log n) of a step.
 *
 * @example
 * import { resampleFrame } from 'telltale/io'
 * const frame = { timeMs: Float64Array.of(0, 400, 1100, 5000), timeKind: 'utc', values: Float64Array.of(1, 3, 5, 7), channels: ['a'] }
 * [...resampleFrame(frame, { cadenceMs: 1000 }).values] // => [2, 5, 7]
 * [...resampleFrame(frame, { cadenceMs: 1000, toleranceMs: 1500 }).timeMs] // => [0, 1000, 2000, 5000]
 */
export function resampleFrame(frame: Frame, options: ResampleOptions): Frame {
  checkFrame(frame, 'resampling')
  checkParts(options, [], 'options', 'resampling')
  if (frame.timeKind !== 'utc') throw noTimes('the frame')
  const width = frame.channels.length
  const stage = createResampler(width, options)
  const part = { timeMs: frame.timeMs, values: Float64Array.from(frame.values), row: frame.timeMs }
  const parts = [...stage.push(part), ...stage.end()]
  if (parts.length === 0) return { ...frame, timeMs: new Float64Array(0), values: new Float64Array(0) }
  const { timeMs, values } = joinParts(parts)
  return { ...frame, timeMs, values }
}

/** The error of a table that has no times to resample by. */
export function noTimes(file: string) {
  const reason = 'there is no time to resample by'
  return createError('data-bad-time', { file, line: 1, column: 'time', reason })
}

/** A resampler between two parts: the step that is not complete yet, and the last reading of each channel. */
export interface Resampler extends Stage {
  state(): State
}

const KIND = 'resampler'

/**
 * The same for parts of any size; the last step is held back until it is complete.
 *
 * @param from `state()` of another one with the same channels and options
 */
export function createResampler(
  width: number,
  options: ResampleOptions,
  onHeld: () => void = () => {},
  from?: State,
): Resampler {
  const { cadenceMs, aggregate = 'mean', toleranceMs = 0 } = options
  checkSteps(cadenceMs, toleranceMs)
  if (!Object.hasOwn(JOIN, aggregate))
    throw refused('aggregate', aggregate, `it must be one of ${AGGREGATES.join(', ')}`)
  const join = JOIN[aggregate]
  const stepOf = (time: number) => {
    const step = Math.floor(time / cadenceMs)
    if (Math.abs(step) > Number.MAX_SAFE_INTEGER)
      throw refused(
        'cadence',
        cadenceMs,
        `it is too short to number the steps since 1970 at the time ${time}`,
      )
    return step
  }
  let held: Part | undefined
  let last: { readonly step: number; readonly row: number } | undefined
  /** What the last step with a reading of each channel held, and when that reading was. */
  const lastValues = new Float64Array(width).fill(Number.NaN)
  const lastTimes = new Float64Array(width).fill(Number.NEGATIVE_INFINITY)
  /** Fills what a step lacks; returns whether something is there. */
  if (from) {
    const lengths = { timeMs: null, values: null, last: null, lastValues: width, lastTimes: width }
    const saved = checkState(from, KIND, 1, lengths).arrays
    if (saved.timeMs!.data.length > 0) held = samplesOf(saved.timeMs!.data, saved.values!.data)
    const [step, row] = saved.last!.data
    if (step !== undefined && row !== undefined) last = { step, row }
    lastValues.set(saved.lastValues!.data)
    lastTimes.set(saved.lastTimes!.data)
  }
  const hold = (step: number, values: Float64Array): boolean => {
    let isHeld = false
    for (let c = 0; c < width; c++) {
      if (!Number.isNaN(values[c]!) || !(step * cadenceMs - lastTimes[c]! <= toleranceMs)) continue
      values[c] = lastValues[c]!
      isHeld = true
    }
    if (isHeld) onHeld()
    return isHeld
  }
  const remember = (part: Part, start: number, end: number, joined: Float64Array) => {
    for (let c = 0; c < width; c++) {
      if (Number.isNaN(joined[c]!)) continue
      lastValues[c] = joined[c]!
      let i = end - 1
      while (i > start && Number.isNaN(part.values[i * width + c]!)) i--
      lastTimes[c] = part.timeMs[i]!
    }
  }

  const emit = (part: Part): Part[] => {
    const out = { time: [] as number[], values: [] as number[], labels: [] as number[], row: [] as number[] }
    const add = (step: number, values: ArrayLike<number>, label: number, row: number) => {
      out.time.push(step * cadenceMs)
      for (let c = 0; c < width; c++) out.values.push(values[c]!)
      out.labels.push(label)
      out.row.push(row)
    }
    const n = part.timeMs.length
    for (let start = 0; start < n; ) {
      const step = stepOf(part.timeMs[start]!)
      let end = start + 1
      while (end < n && stepOf(part.timeMs[end]!) === step) end++
      for (let s = (last?.step ?? step) + 1; last && s < step; s++) {
        const values = new Float64Array(width).fill(Number.NaN)
        if (!hold(s, values)) break
        add(s, values, 0, last.row)
      }
      const values = joinSamples(part, start, end, width, join)
      if (toleranceMs > 0) {
        remember(part, start, end, values)
        hold(step, values)
      }
      const label = part.labels?.subarray(start, end).includes(1) ? 1 : 0
      add(step, values, label, part.row[start]!)
      last = { step, row: part.row[end - 1]! }
      start = end
    }
    const labels = part.labels && Uint8Array.from(out.labels)
    return [
      {
        timeMs: Float64Array.from(out.time),
        values: Float64Array.from(out.values),
        labels,
        row: Float64Array.from(out.row),
      },
    ]
  }

  return {
    push(part) {
      const all = held ? joinParts([held, part]) : part
      const n = all.timeMs.length
      if (n === 0) return []
      const newest = stepOf(all.timeMs[n - 1]!)
      let open = n
      while (open > 0 && stepOf(all.timeMs[open - 1]!) === newest) open--
      held = slicePart(all, open, n)
      return open === 0 ? [] : emit(slicePart(all, 0, open))
    },
    end() {
      const rest = held === undefined ? [] : emit(held)
      held = undefined
      return rest
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: {},
      arrays: {
        timeMs: vector(held?.timeMs.slice() ?? new Float64Array(0)),
        values: vector(held?.values.slice() ?? new Float64Array(0)),
        last: vector(last ? Float64Array.of(last.step, last.row) : new Float64Array(0)),
        lastValues: vector(lastValues.slice()),
        lastTimes: vector(lastTimes.slice()),
      },
    }),
  }
}

/** Samples of a state: live ones have no row but their time. */
function samplesOf(timeMs: ArrayLike<number>, values: ArrayLike<number>): Part {
  const times = Float64Array.from(timeMs)
  return { timeMs: times, values: Float64Array.from(values), row: times }
}

/** Shorter steps are below the resolution of times, microseconds. */
const SHORTEST_MS = 0.001
/** Steps that one reading may be held for. */
const MOST_HELD = 1_000_000

function checkSteps(cadenceMs: number, toleranceMs: number): void {
  if (!(cadenceMs >= SHORTEST_MS && cadenceMs < Number.POSITIVE_INFINITY))
    throw refused('cadence', cadenceMs, `it must be a time of at least ${SHORTEST_MS} ms`)
  if (!(toleranceMs >= 0 && toleranceMs <= MOST_HELD * cadenceMs))
    throw refused('tolerance', toleranceMs, `it must be a time of at most ${MOST_HELD} times the cadence`)
}

const refused = (name: string, got: number | string, wanted: string) =>
  createError('option-invalid', { name, got, where: 'resampling', wanted })

function joinSamples(
  part: Part,
  start: number,
  end: number,
  width: number,
  join: (values: Float64Array) => number,
): Float64Array {
  if (end === start + 1) return part.values.slice(start * width, end * width)
  const joined = new Float64Array(width)
  const readings = new Float64Array(end - start)
  for (let c = 0; c < width; c++) {
    let n = 0
    for (let i = start; i < end; i++) {
      const value = part.values[i * width + c]!
      if (!Number.isNaN(value)) readings[n++] = value
    }
    joined[c] = n === 0 ? Number.NaN : join(readings.subarray(0, n))
  }
  return joined
}
