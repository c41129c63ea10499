import type { FitContext, FittedDetector } from '../core/contracts.js'
import type { Interval, ScaledFrame } from '../core/frame.js'
import { breathe } from '../core/pause.js'
import type { State } from '../core/state.js'
import { arenaOf, type KernelBuild, type Kernels, preferredBuild } from '../kernels/index.js'
import { type CrossFitted, eighthOf, type HeldBackScorer, scoreParts, withHeldBack } from './cross-fit.js'
import { type LocalModel, localDetector } from './local.js'
import { evenly } from './nearest.js'
import { stored } from './running.js'
import { clipped, requireWindows, wholeWindows } from './scores.js'

export interface MatrixProfileOptions {
  /** Samples in a subsequence: about one period. */
  readonly window: number
  /** Subsequences of the training part that are kept, evenly spaced in time. */
  readonly bank: number
}

const BATCH = 64
/** A subsequence whose standard deviation is below this, in those of its channel, counts as flat. */
const FLAT = 1e-3

/**
 * Matrix profile of each channel against the training part: the squared distance of the z-normalised subsequence that ends at a sample from
 * the nearest one of the training part, 2 T (1 - correlation). Compares shape alone, whatever its level and size; two flat subsequences are
 * at distance 0, a flat one is at T from any other. Best on one channel with a period.
 *
 * Frames are scaled. Causal; the first `window` - 1 samples are warm-up. Cost O(N bank T C) by the gemm kernel. Source: Yeh et al., ICDM
 * 2016 (AB join).
 *
 * @throws DataError `data-too-short`; `interrupted` when the signal aborts
 */
export function matrixProfile(options: MatrixProfileOptions, build: KernelBuild = preferredBuild()) {
  return {
    async fit(train: ScaledFrame, context: FitContext): Promise<CrossFitted> {
      const channels = train.channels.length
      const window = Math.min(options.window, eighthOf(train))
      const values = clipped(train.values)
      const whole = wholeWindows(values, channels, window)
      const ends = evenly(whole, options.bank)
      requireWindows(ends.length, 2, window)
      const bank = new Float64Array(channels * ends.length * window)
      for (let c = 0; c < channels; c++) {
        ends.forEach((end, b) => {
          const at = (c * ends.length + b) * window
          normalise(values, channels, c, end, bank.subarray(at, at + window))
        })
        await breathe(context)
      }
      const { model, errors } = profileModel(bank, channels, window, build)
      // A subsequence matches itself and its neighbours; these are left out, as in a self join.
      const near = (i: number, b: number) => Math.abs(ends[b] - i) < window
      const scorer: HeldBackScorer = (values, out, pauses) =>
        scoreParts(whole, channels, out, pauses, (part, out) => errors(values, part, out, undefined, near))
      return withHeldBack(train, scorer, usual => localDetector(model, usual), context)
    },
  }
}

/** Restores a saved profile. */
export function loadMatrixProfile(state: State, build: KernelBuild = preferredBuild()): FittedDetector {
  const usual = stored(state, 'usualError')
  const { window } = state.options as { window: number }
  return localDetector(profileModel(stored(state, 'bank'), usual.length, window, build).model, usual)
}

/** Mean 0 and squared length T of the subsequence of channel c that ends at sample `end`; zeros when it is flat. */
function normalise(
  values: Float32Array,
  channels: number,
  c: number,
  end: number,
  out: Float64Array | Float32Array,
): void {
  const steps = out.length
  const first = (end + 1 - steps) * channels + c
  const { mean, factor } = levelOf(values, channels, c, end, steps)
  for (let t = 0; t < steps; t++) out[t] = (values[first + t * channels] - mean) * factor
}

/** Mean of a subsequence, and one over its standard deviation; 0 when it is flat. */
function levelOf(values: Float32Array, channels: number, c: number, end: number, steps: number) {
  const first = (end + 1 - steps) * channels + c
  let mean = 0
  for (let t = 0; t < steps; t++) mean += values[first + t * channels] / steps
  let squares = 0
  for (let t = 0; t < steps; t++) squares += (values[first + t * channels] - mean) ** 2 / steps
  return { mean, factor: squares > FLAT * FLAT ? 1 / Math.sqrt(squares) : 0 }
}

/** The bank in the arena: `columns` `[T, B]` of each channel. */
interface Arrays {
  readonly kernels: Kernels
  readonly columns: readonly Float32Array[]
  readonly queries: Float32Array
  readonly products: Float32Array
}

type Excluded = (sample: number, bankWindow: number) => boolean

/** @param bank `[C * B * T]` normalised subsequences */
function profileModel(bank: Float64Array, channels: number, window: number, build: KernelBuild) {
  const count = bank.length / (channels * window)
  /** T for a subsequence that moves, 0 for a flat one. */
  const norms = Float64Array.from({ length: channels * count }, (_, s) =>
    bank.subarray(s * window, (s + 1) * window).some(value => value !== 0) ? window : 0,
  )
  const region = arenaOf(build).region(
    (kernels): Arrays => ({
      kernels,
      columns: Array.from({ length: channels }, () => kernels.alloc(window * count)),
      queries: kernels.alloc(BATCH * window),
      products: kernels.alloc(BATCH * count),
    }),
    ({ columns }) => {
      columns.forEach((column, c) => {
        for (let b = 0; b < count; b++)
          for (let t = 0; t < window; t++) column[t * count + b] = bank[(c * count + b) * window + t]
      })
    },
  )

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
    { kernels, columns, queries, products }: Arrays,
    values: Float32Array,
    { start, end }: Interval,
    out: Float64Array,
    expected?: Float32Array,
    excluded?: Excluded,
  ): void {
    for (let from = start; from < end; from += BATCH) {
      const batch = Math.min(BATCH, end - from)
      for (let c = 0; c < channels; c++) {
        for (let q = 0; q < batch; q++)
          normalise(values, channels, c, from + q, queries.subarray(q * window, (q + 1) * window))
        kernels.gemm(products, queries, columns[c], batch, count, window, count, window, 1, count, 0)
        for (let q = 0; q < batch; q++) {
          const query = queries.subarray(q * window, (q + 1) * window)
          const own = query.some(value => value !== 0) ? window : 0
          let smallest = Number.POSITIVE_INFINITY
          let nearest = -1
          for (let b = 0; b < count; b++) {
            const distance = own + norms[c * count + b] - 2 * products[q * count + b]
            if (distance < smallest && !excluded?.(from + q, b)) {
              smallest = distance
              nearest = b
            }
          }
          const at = (from + q - start) * channels + c
          out[at] = nearest < 0 ? Number.NaN : Math.max(0, smallest)
          if (expected && nearest >= 0) {
            const { mean, factor } = levelOf(values, channels, c, from + q, window)
            const last = bank[(c * count + nearest + 1) * window - 1]
            expected[at] = mean + (factor > 0 ? last / factor : 0)
          }
        }
      }
    }
  }

  const model: LocalModel = {
    contextLength: window,
    errors: (values, samples, out, expected) => errors(values, samples, out, expected),
    state: () => ({
      kind: 'detector:matrix-profile',
      version: 1,
      options: { window },
      arrays: { bank: { shape: [channels, count, window], data: bank } },
    }),
  }
  return { model, errors }
}
