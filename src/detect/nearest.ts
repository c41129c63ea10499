import type { FitContext, FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { arenaOf, type KernelBuild, type Kernels, preferredBuild, type Region } from '../kernels/index.js'
import { type CrossFitted, eighthOf, type HeldBackScorer, scoreParts, withHeldBack } from './cross-fit.js'
import { type LocalModel, localDetector } from './local.js'
import { clipped, requireWindows, wholeWindows } from './scores.js'

export interface NearestOptions {
  /** Samples in a window. */
  readonly window: number
  /** Windows of the training part that are kept, evenly spaced in time. */
  readonly bank: number
}

/** Windows compared with the bank at once: enough to keep the kernels busy, little memory. */
const BATCH = 64
/** Rounding of one operation of single precision. */
const ROUNDING = 2 ** -24
/** Squared distances that differ by a smaller share are equal, whatever the order of their sums. */
export const TIE = 1e-12
/** A training window is compared only with those further away than this share of the training part. */
const NEIGHBOURHOOD = 1 / 50

/**
 * Nearest neighbour of a window (1-NN): each window is compared with a bank of training windows; the error of a channel is its mean squared difference to the
 * nearest of them, divided by its mean on the training part (where a window's own neighbourhood is left out of the bank). The score is
 * the mean over channels. Knows shapes that recur, without a model; the best of the cheap ones on a single channel.
 *
 * Frames are scaled. Causal; the first `window` - 1 samples are warm-up; a window with NaN is not scored. Cost: score O(N bank T C) by the
 * gemm kernel. Of windows that are equally near the first one of the bank counts. Source: Ramaswamy et al., SIGMOD 2000,
 * with k = 1.
 *
 * @throws DataError `data-too-short` when fewer than 2 windows of the training part are whole; `interrupted` when the signal aborts
 */
export function nearest(options: NearestOptions, build: KernelBuild = preferredBuild()) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const window = Math.min(options.window, eighthOf(train))
      const values = clipped(train.values)
      const whole = wholeWindows(values, channels, window)
      const ends = evenly(whole, options.bank)
      requireWindows(ends.length, 2, window)
      const size = window * channels
      const bank = new Float32Array(ends.length * size)
      ends.forEach((end, b) => {
        bank.set(values.subarray((end + 1 - window) * channels, (end + 1) * channels), b * size)
      })
      const { model, errors } = nearestModel(bank, channels, window, build)
      const near = Math.max(window, Math.floor((values.length / channels) * NEIGHBOURHOOD))
      const isNear = (i: number, b: number) => Math.abs(ends[b] - i) < near
      const scorer: HeldBackScorer = (values, out, pauses) =>
        scoreParts(whole, channels, out, pauses, (part, out) => errors(values, part, out, undefined, isNear))
      return withHeldBack(train, scorer, usual => localDetector(model, usual), context)
    },
  }
}

/** Restores a saved bank of windows. */
export function loadNearest({ arrays }: State, build: KernelBuild = preferredBuild()): FittedDetector {
  const { bank, usualError } = arrays
  if (!bank || !usualError) {
    throw createError('artefact-damaged', {
      path: 'the model',
      file: 'weights',
      reason: 'bank or usualError is missing',
    })
  }
  const [, window, channels] = bank.shape
  const { model } = nearestModel(Float32Array.from(bank.data), channels, window, build)
  return localDetector(model, Float64Array.from(usualError.data))
}

/** Up to `count` of the samples in these intervals, evenly spaced. */
export function evenly(stretches: readonly Interval[], count: number): number[] {
  const all = stretches.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i))
  if (all.length <= count) return all
  return Array.from({ length: count }, (_, k) => all[Math.floor((k * (all.length - 1)) / (count - 1))])
}

/** The bank in the arena: `columns` `[T * C, B]`. */
interface Arrays {
  readonly kernels: Kernels
  readonly columns: Float32Array
  readonly products: Float32Array
  readonly series: Float32Array
}

type Excluded = (sample: number, bankWindow: number) => boolean

/** @param size T * C */
function bankRegion(bank: Float32Array, size: number, channels: number, build: KernelBuild): Region<Arrays> {
  const count = bank.length / size
  return arenaOf(build).region(
    kernels => ({
      kernels,
      columns: kernels.alloc(size * count),
      products: kernels.alloc(BATCH * count),
      series: kernels.alloc((BATCH - 1) * channels + size),
    }),
    ({ columns }) => {
      for (let b = 0; b < count; b++) {
        for (let j = 0; j < size; j++) columns[j * count + b] = bank[b * size + j]
      }
    },
  )
}

/** Numbers of the rows that equal none before them, ascending. @param rows `[n * size]` */
export function distinctRows(rows: Float32Array, size: number): Int32Array {
  const bits = new Uint32Array(rows.buffer, rows.byteOffset, rows.length)
  const isEqual = (a: number, b: number) => {
    for (let j = 0; j < size; j++) if (bits[a * size + j] !== bits[b * size + j]) return false
    return true
  }
  const byHash = new Map<number, number[]>()
  return upTo(rows.length / size).filter(row => {
    let hash = 0
    for (let j = row * size; j < (row + 1) * size; j++) hash = Math.imul(hash ^ bits[j], FNV_PRIME)
    const alike = byHash.get(hash) ?? []
    if (alike.some(other => isEqual(other, row))) return false
    byHash.set(hash, [...alike, row])
    return true
  })
}

/** Multiplier of the hash of Fowler, Noll and Vo. */
const FNV_PRIME = 16777619
const upTo = (n: number) => Int32Array.from({ length: n }, (_, i) => i)

/** @param bank `[B * T * C]`, oldest sample of a window first */
export function nearestModel(bank: Float32Array, channels: number, window: number, build: KernelBuild) {
  const size = window * channels
  const count = bank.length / size
  const halfNorms = new Float64Array(count)
  for (let b = 0; b < count; b++) {
    for (let j = b * size; j < (b + 1) * size; j++) halfNorms[b] += 0.5 * bank[j] * bank[j]
  }
  const largestNorm = Math.sqrt(2 * halfNorms.reduce((a, b) => Math.max(a, b)))
  /** A window that may not be compared leaves its equals. */
  const every = upTo(count)
  const distinct = distinctRows(bank, size)
  const candidates = new Int32Array(count)
  const region = bankRegion(bank, size, channels, build)

  function errors(
    values: Float32Array,
    samples: Interval,
    out: Float64Array,
    expected?: Float32Array,
    excluded?: Excluded,
  ): void {
    region.use(arrays => errorsBy(arrays, values, samples, out, expected, excluded))
  }

  function errorsBy(
    { kernels, columns, products, series }: Arrays,
    values: Float32Array,
    { start, end }: Interval,
    out: Float64Array,
    expected?: Float32Array,
    excluded?: Excluded,
  ): void {
    for (let from = start; from < end; from += BATCH) {
      const batch = Math.min(BATCH, end - from)
      const first = (from + 1 - window) * channels
      series.set(values.subarray(first, (from + batch) * channels))
      kernels.gemm(products, series, columns, batch, count, size, count, channels, 1, count, 0)
      for (let q = 0; q < batch; q++) {
        const row = products.subarray(q * count, (q + 1) * count)
        const b = closest(row, values.subarray(first + q * channels, first + q * channels + size), from + q)
        const at = (from + q - start) * channels
        for (let c = 0; c < channels; c++) {
          let sum = 0
          for (let j = c; j < size; j += channels)
            sum += b < 0 ? Number.NaN : (values[first + q * channels + j] - bank[b * size + j]) ** 2
          out[at + c] = sum / window
          if (expected && b >= 0) expected[at + c] = bank[(b + 1) * size - channels + c]
        }
      }
    }

    /**
     * |q - b|^2 = |q|^2 - 2 (q b - |b|^2 / 2): the nearest window has the largest bracket. The products are of single precision, so all that may be the
     * nearest within its rounding are compared once more.
     */
    function closest(row: Float32Array, query: Float32Array, sample: number): number {
      let norm = 0
      for (let j = 0; j < size; j++) norm += query[j] * query[j]
      const slack = 2 * (size + 2) * ROUNDING * Math.sqrt(norm) * largestNorm
      const compared = excluded ? every : distinct
      /** The bracket of the nearest window is no smaller than this. */
      let surely = Number.NEGATIVE_INFINITY
      let found = 0
      for (let i = 0; i < compared.length; i++) {
        const b = compared[i]
        const value = row[b] - halfNorms[b]
        if (!(value >= surely) || excluded?.(sample, b)) continue
        surely = Math.max(surely, value - slack)
        candidates[found++] = b
      }
      let best = -1
      let smallest = Number.POSITIVE_INFINITY
      for (let i = 0; i < found; i++) {
        const b = candidates[i]
        if (row[b] - halfNorms[b] < surely) continue
        const distance = distanceTo(query, b, smallest)
        if (distance < smallest * (1 - TIE)) {
          smallest = distance
          best = b
        }
      }
      return best
    }
  }

  /** Squared distance of a window from one of the bank, or a part of it that is more than `enough`. */
  function distanceTo(query: Float32Array, b: number, enough: number): number {
    let sum = 0
    for (let j = 0, at = b * size; j < size && sum <= enough; j++, at++) sum += (query[j] - bank[at]) ** 2
    return sum
  }

  const model: LocalModel = {
    contextLength: window,
    errors: (values, samples, out, expected) => errors(values, samples, out, expected),
    state: () => ({
      kind: 'detector:nearest',
      version: 1,
      options: {},
      arrays: { bank: { shape: [count, window, channels], data: bank } },
    }),
  }
  return { model, errors }
}
