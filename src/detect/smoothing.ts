import type { Alignment } from '../core/contracts.js'
import type { Interval } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { checkOptions, checkState, countIn, type State } from '../core/state.js'
import { arenaOf, type KernelBuild, type Kernels, preferredBuild, type Region } from '../kernels/index.js'
import { createTail } from './tail.js'

export interface SmoothingOptions {
  /** Scale s of the kernel, samples: at this distance a neighbour counts a quarter. 0 = no smoothing. */
  readonly bandwidth: number
  /** `two-sided` looks as far ahead as back; `causal` looks back only. */
  readonly alignment: Alignment
}

/** Moving average of rows of numbers. */
export interface Smoother {
  /** Smooth values of a row of `columns` numbers: as many, or more where some are smoothed at several scales. */
  width(columns: number): number
  /** Rows before row i that its smooth value depends on. */
  readonly reach: number
  /** Rows after row i that its smooth value depends on. */
  readonly lookahead: number
  /**
   * Writes the smooth values of rows `[start, end)` to `out[(i - start) * width(columns) + j]`. The bits of a row depend on the rows within
   * `reach` and `lookahead` alone.
   *
   * @param rows `[N * columns]`; a row whose first value is NaN counts nothing, and stays NaN
   */
  apply(rows: Float64Array, columns: number, part: Interval, out: Float64Array): void
}

/** The kernel ends where a neighbour counts about a thousandth of the sample itself. */
const REACH = 5.5
/** Rows that are smoothed at once. */
const BLOCK = 512
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
  return scalesSmoother([bandwidth], alignment, 0)
}

/**
 * Smooths the first `several` columns of each row at every scale, and the others at the first scale alone. The smooth values of a row are all of its
 * columns at the first scale, then the first `several` at each other scale.
 *
 * @param bandwidths scales, samples, ascending
 */
export function scalesSmoother(
  bandwidths: readonly number[],
  alignment: Alignment,
  several: number,
  build = preferredBuild(),
): Smoother {
  const scales = bandwidths.map(bandwidth => scaleOf(bandwidth, alignment))
  const { reach, lookahead } = scales[scales.length - 1]
  const region = blockRegion(scales, build)
  const width = (columns: number) => columns + (scales.length - 1) * several
  return {
    reach,
    lookahead,
    width,
    apply(rows, columns, { start, end }, out) {
      region.use(block => {
        for (let from = start; from < end; from += BLOCK) {
          const count = Math.min(BLOCK, end - from)
          const own = out.subarray((from - start) * width(columns))
          smoothBlock(block, scales, { rows, columns, from, count, several }, own)
        }
      })
    },
  }
}

/** The kernel at one scale: a row is the average of the `reach` rows before it, itself and the `lookahead` rows after it. */
interface Scale {
  readonly reach: number
  readonly lookahead: number
  /** `[reach + 1 + lookahead]`, that of the oldest row first. */
  readonly weights: Float64Array
}

function scaleOf(bandwidth: number, alignment: Alignment): Scale {
  const before = kernelWeights(bandwidth)
  const reach = before.length - 1
  const lookahead = alignment === 'two-sided' ? reach : 0
  const weights = new Float64Array(before.length + lookahead)
  weights.set(before)
  weights.set(before.subarray(0, lookahead).toReversed(), before.length)
  return { reach, lookahead, weights }
}

/** Weights of the causal kernel at a scale, samples: that of the oldest row first, the last one is 1. */
export function kernelWeights(bandwidth: number): Float64Array {
  const reach = Math.ceil(REACH * bandwidth)
  return Float64Array.from({ length: reach + 1 }, (_, k) => (1 + ((reach - k) / (bandwidth || 1)) ** 2) ** -2)
}

/** What smoothing a block works on: 1 where a row is there, a column of them, each from the oldest row that the widest scale needs. */
interface Block {
  readonly kernels: Kernels
  readonly there: Float64Array
  readonly column: Float64Array
  /** Of each scale: its weights, `there` and `column` from its own oldest row, and the sum of weights of each row of the block. */
  readonly scales: readonly {
    readonly weights: Float64Array
    readonly there: Float64Array
    readonly column: Float64Array
    readonly totals: Float64Array
  }[]
  readonly sums: Float64Array
}

function blockRegion(scales: readonly Scale[], build: KernelBuild): Region<Block> {
  const { reach, lookahead } = scales[scales.length - 1]
  return arenaOf(build).region(
    (kernels): Block => {
      const doubles = (length: number) => {
        const { buffer, byteOffset, length: floats } = kernels.alloc(2 * length)
        return new Float64Array(buffer, byteOffset, floats / 2)
      }
      const there = doubles(reach + BLOCK + lookahead)
      const column = doubles(reach + BLOCK + lookahead)
      const own = scales.map(scale => ({
        weights: doubles(scale.weights.length),
        there: there.subarray(reach - scale.reach),
        column: column.subarray(reach - scale.reach),
        totals: doubles(BLOCK),
      }))
      return { kernels, there, column, scales: own, sums: doubles(BLOCK) }
    },
    block => {
      block.scales.forEach(({ weights }, k) => {
        weights.set(scales[k].weights)
      })
    },
  )
}

interface BlockRows {
  readonly rows: Float64Array
  readonly columns: number
  /** First row of the block, and how many there are. */
  readonly from: number
  readonly count: number
  readonly several: number
}

/** Rows that are not there count as rows of zeros with the weight 0, which changes no bit of a sum. */
function smoothBlock(
  { kernels, there, column, scales: own, sums }: Block,
  scales: readonly Scale[],
  { rows, columns, from, count, several }: BlockRows,
  out: Float64Array,
): void {
  const widest = scales[scales.length - 1]
  const width = columns + (scales.length - 1) * several
  const first = from - widest.reach
  const end = count + widest.reach + widest.lookahead
  const n = rows.length / columns
  for (let p = 0, row = first; p < end; p++, row++)
    there[p] = row < 0 || row >= n || Number.isNaN(rows[row * columns]) ? 0 : 1
  scales.forEach(({ weights }, k) => {
    kernels.correlate(own[k].totals, own[k].there, own[k].weights, count, weights.length)
  })
  for (let j = 0; j < columns; j++) {
    const used = j < several ? scales.length : 1
    const { reach, lookahead } = scales[used - 1]
    const skipped = widest.reach - reach
    for (
      let p = skipped, at = (first + p) * columns + j;
      p < skipped + reach + count + lookahead;
      p++, at += columns
    )
      column[p] = there[p] === 0 ? 0 : rows[at]
    for (let k = 0; k < used; k++) {
      const { weights, totals, column: series } = own[k]
      kernels.correlate(sums, series, weights, count, scales[k].weights.length)
      const place = k === 0 ? j : columns + (k - 1) * several + j
      for (let i = 0, at = place; i < count; i++, at += width)
        out[at] = there[widest.reach + i] === 0 ? Number.NaN : sums[i] / totals[i]
    }
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

/** Smooths rows that arrive in parts. */
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
      const out = new Float64Array((end - start) * smooth.width(columns))
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
