import type { Interval } from '../core/frame.js'

export interface SmoothingOptions {
  /** Scale s of the kernel, samples: at this distance a neighbour counts a quarter. 0 = no smoothing. */
  readonly bandwidth: number
  /** `centred` looks as far ahead as back, for a history; `causal` looks back only, for a stream without delay. */
  readonly mode: 'centred' | 'causal'
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

/**
 * Smooths scores by a kernel average with the weights (1 + (d / s)^2)^-2 at distance d, over the rows that are there. Anomalies last
 * longer than their sharpest signs: of all that was tried nothing lifts the ranking quality of every detector as much. The heavy tail keeps a
 * large score visible further away than a Gaussian would, and the peak keeps short events sharp.
 *
 * Cost O(N reach columns).
 *
 * @example
 * import { smoother } from 'telltale'
 * const out = new Float64Array(3)
 * smoother({ bandwidth: 1, mode: 'causal' }).apply(Float64Array.of(0, 1, 0), 1, { start: 0, end: 3 }, out)
 * Array.from(out) // => [0, 0.8, 0.19379844961240308]
 */
export function smoother({ bandwidth, mode }: SmoothingOptions): Smoother {
  const reach = Math.ceil(REACH * bandwidth)
  const lookahead = mode === 'centred' ? reach : 0
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

/** Smooths rows that arrive in pieces; what `push` and `finish` return, joined, is what `apply` gives for all of them, bit for bit. */
export function smoothOnline(smoother: Smoother, columns: number) {
  let kept = new Float64Array(0)
  /** Rows of `kept` that are done already. */
  let done = 0
  const emit = (end: number): Float64Array => {
    const out = new Float64Array(Math.max(0, end - done) * columns)
    smoother.apply(kept, columns, { start: done, end: Math.max(done, end) }, out)
    done = Math.max(done, end)
    const drop = Math.max(0, done - smoother.reach)
    kept = kept.slice(drop * columns)
    done -= drop
    return out
  }
  return {
    push(rows: Float64Array): Float64Array {
      const longer = new Float64Array(kept.length + rows.length)
      longer.set(kept)
      longer.set(rows, kept.length)
      kept = longer
      return emit(kept.length / columns - smoother.lookahead)
    },
    finish: () => emit(kept.length / columns),
  }
}
