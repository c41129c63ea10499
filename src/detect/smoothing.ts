import type { Alignment } from '../core/contracts.js'
import type { Interval } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { checkOptions, checkState, countIn, type State } from '../core/state.js'
import { createTail } from './tail.js'

export interface SmoothingOptions {
  /** Scale s of the kernel, samples: at this distance a neighbour counts a quarter. 0 = no smoothing. */
  readonly bandwidth: number
  /** `two-sided` looks as far ahead as back; `causal` looks back only. */
  readonly alignment: Alignment
}

/** Moving average of rows of numbers. */
export interface Smoother {
  /** Rows before row i that its smooth value depends on. */
  readonly reach: number
  /** Rows after row i that its smooth value depends on. */
  readonly lookahead: number
  /**
   * Writes the smooth values of rows `[start, end)` to `out[(i - start) * columns + j]`. The bits of a row depend on the rows within
   * `reach` and `lookahead` alone.
   *
   * @param rows `[N * columns]`; a row whose first value is NaN counts nothing, and stays NaN
   */
  apply(rows: Float64Array, columns: number, part: Interval, out: Float64Array): void
}

/** The kernel ends where a neighbour counts about a thousandth of the sample itself. */
const REACH = 5.5
/** Products that are summed between two pauses: a few ms. */
const PRODUCTS_AT_ONCE = 2 ** 21
const KIND = 'online:smoothing'

/**
 * Smooths scores by a kernel average with the weights (1 + (d / s)^2)^-2 at distance d, over the rows that are there. Anomalies last
 * longer than their sharpest signs: of all that was tried nothing lifts the ranking quality of every detector as much. The heavy tail keeps a
 * large score visible further away than a Gaussian would, and the peak keeps short events sharp.
 *
 * Cost O(N reach columns).
 *
 * @example
 * import { smoother } from './smoothing.js'
 * const out = new Float64Array(3)
 * smoother({ bandwidth: 1, alignment: 'causal' }).apply(Float64Array.of(0, 1, 0), 1, { start: 0, end: 3 }, out)
 * Array.from(out) // => [0, 0.8, 0.19379844961240308]
 */
export function smoother({ bandwidth, alignment }: SmoothingOptions): Smoother {
  const reach = Math.ceil(REACH * bandwidth)
  const lookahead = alignment === 'two-sided' ? reach : 0
  const weights = Float64Array.from({ length: reach + 1 }, (_, d) => (1 + (d / (bandwidth || 1)) ** 2) ** -2)
  return {
    reach,
    lookahead,
    apply(rows, columns, { start, end }, out) {
      const n = rows.length / columns
      for (let i = start, at = 0; i < end; i++, at += columns) {
        const sums = out.subarray(at, at + columns)
        if (Number.isNaN(rows[i * columns])) {
          sums.fill(Number.NaN)
          continue
        }
        sums.fill(0)
        let total = 0
        const last = Math.min(n - 1, i + lookahead)
        for (let k = Math.max(0, i - reach); k <= last; k++) {
          const from = k * columns
          if (Number.isNaN(rows[from])) continue
          const weight = weights[Math.abs(i - k)]
          total += weight
          for (let j = 0; j < columns; j++) sums[j] += weight * rows[from + j]
        }
        for (let j = 0; j < columns; j++) sums[j] /= total
      }
    },
  }
}

/** The smooth values of all rows. Gives the event loop its turns. */
export async function smoothWhole(
  smooth: Smoother,
  rows: Float64Array,
  columns: number,
  pauses: Pauses,
): Promise<Float64Array> {
  const smoothed = new Float64Array(rows.length)
  const n = rows.length / columns
  const atOnce = Math.ceil(PRODUCTS_AT_ONCE / ((smooth.reach + smooth.lookahead + 1) * columns))
  for (let start = 0; start < n; start += atOnce) {
    const end = Math.min(n, start + atOnce)
    smooth.apply(rows, columns, { start, end }, smoothed.subarray(start * columns))
    await breathe(pauses)
  }
  return smoothed
}

/** Smooths rows that arrive in pieces. */
export interface OnlineSmoother {
  /**
   * @param last whether no rows come after these
   * @returns rows whose smooth value is final now; joined, they are what `apply` gives for all of them, bit for bit
   */
  push(rows: Float64Array, last: boolean): Float64Array
  /** The rows that later ones need. */
  state(): State
}

/** @param from state of a smoother of the same reach, lookahead and columns */
export function smoothOnline(smooth: Smoother, columns: number, from?: State): OnlineSmoother {
  const { reach, lookahead } = smooth
  const keep = reach + lookahead
  /** Rows so far, and those whose smooth value is not final yet. */
  let seen = 0
  let waiting = 0
  if (from) {
    checkOptions(from, { columns, reach, lookahead })
    seen = countIn(from, 'seen')
    waiting = Math.min(seen, lookahead)
    checkState(from, KIND, 1, { rows: Math.min(seen, keep) * columns })
  }
  const tail = createTail(Float64Array, columns, keep, from?.arrays.rows.data)
  return {
    push(fresh, last) {
      const rows = tail.append(fresh)
      const n = rows.length / columns
      const start = n - fresh.length / columns - waiting
      const end = Math.max(start, last ? n : n - lookahead)
      seen += fresh.length / columns
      waiting = n - end
      const out = new Float64Array((end - start) * columns)
      smooth.apply(rows, columns, { start, end }, out)
      return out
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: { columns, reach, lookahead, seen },
      arrays: { rows: { shape: [Math.min(seen, keep), columns], data: tail.kept() } },
    }),
  }
}
