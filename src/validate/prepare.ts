import type { Alignment } from '../core/contracts.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { checkState, type State, type Tensor, vector } from '../core/state.js'
import { between } from './fill.js'
import type { MissingPolicy } from './options.js'
import { copyRows, isWhole, joinRows, NO_ROWS, type Rows, rowsFrom, sliceRows } from './prepare-rows.js'

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
  /** Writes what the other channels call for in place of masked readings, see `fillByComponents`. Default: the reading before. */
  readonly fill?: (values: Float64Array, at: number, masked: Uint8Array) => void
  /** Two-sided: `linear` waits for the next reading. Causal: it holds, and nothing waits. */
  readonly alignment: Alignment
}

/** Treats the missing readings of a series that comes in parts. */
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
 * - `linear`: on the line between both neighbours in time, runs of at most `maxGap` samples; at the edge of a segment the nearest reading. Its samples
 *   wait for the next reading, for at most `maxGap` samples. In causal scoring it is `hold`.
 * - `mask`: what the other channels call for, or the reading before, without a limit; marked as not to be counted.
 * - `drop` and `error`: missing.
 *
 * Nothing is filled across a sample that begins again. Memory O(C maxGap), cost O(C) per sample.
 *
 * @param from `state()` of another preparation with the same settings
 */
export function createPreparation(settings: PreparationSettings, from?: State): Preparation {
  const { channels, policies } = settings
  const width = channels.length
  const isMasking = policies.includes('mask')
  const fills = new ChannelFills(settings)
  /** Samples that wait for a later reading. */
  let open = NO_ROWS
  if (from) {
    fills.restore(checkState(from, KIND, 1, { last: width, lastMs: width, run: width, openMs: null }).arrays)
    open = rowsFrom(from, width, isMasking)
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
        fills.skip(frame)
        const masked = isMasking ? { masked: new Uint8Array(n * width) } : {}
        return { frame: { ...frame, channels }, begins, usable: new Uint8Array(n).fill(1), ...masked }
      }
      const rows = joinRows(open, frame, begins, width, isMasking)
      fills.walk(rows, open.timeMs.length)
      return decide(rows, fills.waiting())
    },
    finish() {
      fills.close(open, open.timeMs.length)
      return decide(open, 0)
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: { timeKind: open.timeKind },
      arrays: {
        ...fills.arrays(),
        openMs: vector(open.timeMs.slice()),
        openValues: vector(open.values.slice()),
        openBegins: vector(Float32Array.from(open.begins)),
        openMasked: vector(Float32Array.from(open.masked)),
      },
    }),
  }
}

/** The missing readings of each channel, of the current segment. */
class ChannelFills {
  readonly #settings: PreparationSettings
  readonly #interpolates: readonly boolean[]
  /** `[C]` the last reading (NaN = none), its time, and the samples missing since. */
  readonly #last: Float64Array
  readonly #lastMs: Float64Array
  readonly #run: Float64Array

  constructor(settings: PreparationSettings) {
    const { policies, alignment } = settings
    this.#settings = settings
    this.#interpolates = policies.map(policy => policy === 'linear' && alignment === 'two-sided')
    this.#last = new Float64Array(policies.length).fill(Number.NaN)
    this.#lastMs = new Float64Array(policies.length).fill(Number.NaN)
    this.#run = new Float64Array(policies.length)
  }

  arrays(): Record<string, Tensor> {
    return {
      last: vector(this.#last.slice()),
      lastMs: vector(this.#lastMs.slice()),
      run: vector(this.#run.slice()),
    }
  }

  restore({ last, lastMs, run }: State['arrays']): void {
    this.#last.set(last.data)
    this.#lastMs.set(lastMs.data)
    this.#run.set(run.data)
  }

  /** Samples without a missing reading, when none waits. */
  skip({ timeMs, values }: Frame): void {
    this.#last.set(values.subarray((timeMs.length - 1) * this.#last.length))
    this.#lastMs.fill(timeMs[timeMs.length - 1])
    this.#run.fill(0)
  }

  /** Fills from row `first` on, and the rows before it that waited. */
  walk(rows: Rows, first: number): void {
    const width = this.#last.length
    for (let i = first; i < rows.timeMs.length; i++) {
      if (rows.begins[i]) {
        this.close(rows, i)
        this.#last.fill(Number.NaN)
        this.#run.fill(0)
      }
      for (let c = 0; c < width; c++) {
        const value = rows.values[i * width + c]
        if (value - value === 0) this.#found(rows, i, c, value)
        else this.#missing(rows, i, c)
      }
      const { fill } = this.#settings
      if (fill && rows.masked.subarray(i * width, (i + 1) * width).includes(1))
        fill(rows.values, i * width, rows.masked)
    }
  }

  /** Rows at the end that a later reading may still change. */
  waiting(): number {
    const { maxGap } = this.#settings
    let waiting = 0
    this.#run.forEach((run, c) => {
      if (this.#interpolates[c] && run <= maxGap && run > waiting) waiting = run
    })
    return waiting
  }

  /** A segment ends before row `end`: runs at its edge take the nearest reading. */
  close({ values }: Rows, end: number): void {
    const width = this.#last.length
    this.#run.forEach((run, c) => {
      if (!this.#interpolates[c] || run > this.#settings.maxGap || Number.isNaN(this.#last[c])) return
      for (let i = end - run; i < end; i++) values[i * width + c] = this.#last[c]
    })
  }

  #found({ timeMs, values }: Rows, i: number, c: number, value: number): void {
    const [last, lastMs, run] = [this.#last[c], this.#lastMs[c], this.#run[c]]
    if (this.#interpolates[c] && run <= this.#settings.maxGap) {
      for (let k = 1; k <= run; k++) {
        const hole = i - run + k - 1
        const byTime = (timeMs[hole] - lastMs) / (timeMs[i] - lastMs)
        const fill = Number.isNaN(last) ? value : between(last, value, byTime, k / (run + 1))
        values[hole * this.#last.length + c] = fill
      }
    }
    this.#last[c] = value
    this.#lastMs[c] = timeMs[i]
    this.#run[c] = 0
  }

  #missing({ values, masked }: Rows, i: number, c: number): void {
    const { policies, maxGap, fallback } = this.#settings
    const at = i * this.#last.length + c
    const last = this.#last[c]
    this.#run[c]++
    values[at] = Number.NaN
    const holds = policies[c] === 'hold' || (policies[c] === 'linear' && !this.#interpolates[c])
    if (policies[c] === 'mask') {
      values[at] = Number.isNaN(last) ? (fallback?.[c] ?? 0) : last
      masked[at] = 1
    } else if (holds && this.#run[c] <= maxGap) values[at] = last
  }
}
