import type { Alignment } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
import { between } from './fill.js'
import type { MissingPolicy } from './options.js'

/** Samples that are ready for windows. */
export interface PreparedSamples {
  /** Readings as float64, filled as the policies say; NaN where nothing may fill. */
  readonly frame: Frame
  /** `[n]` 1 where a sample does not follow on the one before it. */
  readonly begins: Uint8Array
  /** `[n]` 1 where every channel has a number. */
  readonly usable: Uint8Array
  /** `[n * C]` 1 where a reading was filled that must not count; absent without the policy `mask`. */
  readonly masked?: Uint8Array
}

export interface PreparationSettings {
  readonly channels: readonly string[]
  /** `[C]`; `error` leaves a reading missing, as `drop` does: who refuses does so before. */
  readonly policies: readonly MissingPolicy[]
  readonly maxGap: number
  /** `[C]` an ordinary reading of each channel, for `mask` before the first one; default 0. */
  readonly fallback?: readonly number[]
  /** Two-sided: `linear` waits for the next reading. Causal: it holds, and nothing waits. */
  readonly alignment: Alignment
}

/** Treats the missing readings of a series that comes in pieces. */
export interface Preparation {
  /** The samples that are decided with these. @param begins `[n]` 1 where a sample does not follow on the one before */
  push(frame: Frame, begins: Uint8Array): PreparedSamples
  /** The series has ended: the samples that still waited. */
  finish(): PreparedSamples
  state(): State
}

const KIND = 'online:preparation'

/**
 * Treats missing (and infinite) readings by the policy of each channel, sample by sample: pieces of any length give the same.
 *
 * - `hold`: the reading before, for the first `maxGap` samples of a run.
 * - `linear`: on the line between both neighbours in time, runs of at most `maxGap` samples; at the edge of a stretch the nearest reading. Its samples
 *   wait for the next reading, for at most `maxGap` samples. In causal scoring it is `hold`.
 * - `mask`: the reading before without a limit, marked as not to be counted.
 * - `drop` and `error`: missing.
 *
 * Nothing is filled across a sample that begins anew. Memory O(C maxGap), cost O(C) per sample.
 *
 * @param from `state()` of another preparation with the same settings
 */
export function createPreparation(settings: PreparationSettings, from?: State): Preparation {
  const { channels, policies, maxGap, fallback, alignment } = settings
  const width = channels.length
  const interpolates = policies.map(policy => policy === 'linear' && alignment === 'two-sided')
  const isMasking = policies.includes('mask')
  /** `[C]` of this stretch: the last reading (NaN = none), its time, and the samples missing since. */
  const last = new Float64Array(width).fill(Number.NaN)
  const lastMs = new Float64Array(width).fill(Number.NaN)
  const run = new Float64Array(width)
  /** Samples that wait for a later reading. */
  let open = NO_ROWS
  if (from) {
    const { arrays } = checkState(from, KIND, 1, { last: width, lastMs: width, run: width, openMs: null })
    last.set(arrays.last.data)
    lastMs.set(arrays.lastMs.data)
    run.set(arrays.run.data)
    open = rowsFrom(from, width, isMasking)
  }

  const close = (rows: Rows, end: number): void => {
    for (let c = 0; c < width; c++)
      if (interpolates[c] && run[c] <= maxGap && !Number.isNaN(last[c]))
        for (let i = end - run[c]; i < end; i++) rows.values[i * width + c] = last[c]
  }
  const found = (rows: Rows, i: number, c: number, value: number): void => {
    if (run[c] > 0 && interpolates[c] && run[c] <= maxGap) {
      const { timeMs, values } = rows
      for (let k = 1; k <= run[c]; k++) {
        const hole = i - run[c] + k - 1
        const byTime = (timeMs[hole] - lastMs[c]) / (timeMs[i] - lastMs[c])
        values[hole * width + c] = Number.isNaN(last[c])
          ? value
          : between(last[c], value, byTime, k / (run[c] + 1))
      }
    }
    last[c] = value
    lastMs[c] = rows.timeMs[i]
    run[c] = 0
  }
  const missing = (rows: Rows, i: number, c: number): void => {
    const at = i * width + c
    run[c]++
    rows.values[at] = Number.NaN
    if (policies[c] === 'mask') {
      rows.values[at] = Number.isNaN(last[c]) ? (fallback?.[c] ?? 0) : last[c]
      rows.masked[at] = 1
    } else if (policies[c] === 'hold' || (policies[c] === 'linear' && !interpolates[c])) {
      if (run[c] <= maxGap) rows.values[at] = last[c]
    }
  }
  const walk = (rows: Rows, first: number): void => {
    const { timeMs, values, begins } = rows
    for (let i = first; i < timeMs.length; i++) {
      if (begins[i]) {
        close(rows, i)
        last.fill(Number.NaN)
        run.fill(0)
      }
      for (let c = 0; c < width; c++) {
        const value = values[i * width + c]
        if (value - value === 0) found(rows, i, c, value)
        else missing(rows, i, c)
      }
    }
  }
  const decide = (rows: Rows, waiting: number): PreparedSamples => {
    const n = rows.timeMs.length - waiting
    const decided = sliceRows(rows, 0, n, width)
    open = waiting === 0 ? NO_ROWS : copyRows(sliceRows(rows, n, n + waiting, width))
    const usable = new Uint8Array(n)
    for (let i = 0; i < n; i++) usable[i] = isWhole(decided.values, i, width)
    const { timeMs, values, begins, masked, timeKind } = decided
    return { frame: { timeMs, timeKind, values, channels }, begins, usable, ...(isMasking && { masked }) }
  }

  return {
    push(frame, begins) {
      const n = sampleCount(frame)
      if (open.timeMs.length === 0 && n > 0 && frame.values.every(Number.isFinite)) {
        last.set(frame.values.subarray((n - 1) * width))
        lastMs.fill(frame.timeMs[n - 1])
        run.fill(0)
        const masked = isMasking ? { masked: new Uint8Array(n * width) } : {}
        return { frame: { ...frame, channels }, begins, usable: new Uint8Array(n).fill(1), ...masked }
      }
      const first = open.timeMs.length
      const rows = joinRows(open, frame, begins, width, isMasking)
      walk(rows, first)
      let waiting = 0
      for (let c = 0; c < width; c++)
        if (interpolates[c] && run[c] <= maxGap && run[c] > waiting) waiting = run[c]
      return decide(rows, waiting)
    },
    finish() {
      close(open, open.timeMs.length)
      return decide(open, 0)
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: { timeKind: open.timeKind },
      arrays: {
        last: vector(last.slice()),
        lastMs: vector(lastMs.slice()),
        run: vector(run.slice()),
        openMs: vector(open.timeMs.slice()),
        openValues: vector(open.values.slice()),
        openBegins: vector(Float32Array.from(open.begins)),
        openMasked: vector(Float32Array.from(open.masked)),
      },
    }),
  }
}

interface Rows {
  readonly timeMs: Float64Array
  readonly timeKind: Frame['timeKind']
  readonly values: Float64Array
  readonly begins: Uint8Array
  /** Empty when no channel is masked. */
  readonly masked: Uint8Array
}

const NO_ROWS: Rows = {
  timeMs: new Float64Array(0),
  timeKind: 'utc',
  values: new Float64Array(0),
  begins: new Uint8Array(0),
  masked: new Uint8Array(0),
}

function rowsFrom({ options, arrays }: State, width: number, isMasking: boolean): Rows {
  const n = arrays.openMs.data.length
  checkState({ kind: KIND, version: 1, options, arrays }, KIND, 1, {
    openValues: n * width,
    openBegins: n,
    openMasked: isMasking ? n * width : 0,
  })
  return {
    timeMs: Float64Array.from(arrays.openMs.data),
    timeKind: (options as { timeKind?: unknown }).timeKind === 'index' ? 'index' : 'utc',
    values: Float64Array.from(arrays.openValues.data),
    begins: Uint8Array.from(arrays.openBegins.data),
    masked: Uint8Array.from(arrays.openMasked.data),
  }
}

function sliceRows(
  { timeMs, timeKind, values, begins, masked }: Rows,
  from: number,
  to: number,
  width: number,
): Rows {
  return {
    timeMs: timeMs.subarray(from, to),
    timeKind,
    values: values.subarray(from * width, to * width),
    begins: begins.subarray(from, to),
    masked: masked.subarray(from * width, to * width),
  }
}

/** So that a few samples do not keep the piece alive from which they were cut. */
function copyRows({ timeMs, timeKind, values, begins, masked }: Rows): Rows {
  return {
    timeMs: timeMs.slice(),
    timeKind,
    values: values.slice(),
    begins: begins.slice(),
    masked: masked.slice(),
  }
}

function joinRows(open: Rows, frame: Frame, begins: Uint8Array, width: number, isMasking: boolean): Rows {
  const before = open.timeMs.length
  const n = before + sampleCount(frame)
  const rows = {
    timeMs: new Float64Array(n),
    timeKind: frame.timeKind,
    values: new Float64Array(n * width),
    begins: new Uint8Array(n),
    masked: new Uint8Array(isMasking ? n * width : 0),
  }
  rows.timeMs.set(open.timeMs)
  rows.timeMs.set(frame.timeMs, before)
  rows.values.set(open.values)
  rows.values.set(frame.values, before * width)
  rows.begins.set(open.begins)
  rows.begins.set(begins, before)
  rows.masked.set(open.masked)
  return rows
}

function isWhole(values: Float64Array, i: number, width: number): 0 | 1 {
  for (let at = i * width; at < (i + 1) * width; at++) if (Number.isNaN(values[at])) return 0
  return 1
}
