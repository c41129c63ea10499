import { REASONS, type Reason } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { checkOptions, checkState, countIn, type State, type Tensor } from '../core/state.js'
import type { Network } from '../nn/index.js'
import { coverCount } from '../window/index.js'
import type { ErrorTarget, ResidualOptions, WindowErrors } from './residuals.js'
import type { Runtime } from './runtime.js'

/** Errors of the samples that became final. */
export interface Residuals {
  /** `[n * C]` mean squared error; NaN where no window speaks for a sample. */
  readonly residual: Float32Array
  /** `[n]` index into `REASONS`; 0 = has an error. */
  readonly reason: Uint8Array
  /** `[n * C]` what the network expected, when it was asked for. */
  readonly expected?: Float32Array
}

export interface ResidualStreamOptions extends ResidualOptions {
  readonly expected?: boolean
}

const WARM_UP = REASONS.indexOf('warm-up' satisfies Reason)
const STRIDE = REASONS.indexOf('stride' satisfies Reason)
const MISSING = REASONS.indexOf('missing' satisfies Reason)

/**
 * Errors of a series by a network as its samples arrive; each window is computed once, however small the pieces are. Kept are the samples that later
 * windows need, and two-sided the sums of errors of samples that are not final.
 *
 * @param from `state()` of a stream of the same network with the same options
 * @throws ArtefactError `state-unfit` when `from` is none
 */
export function residualStream(
  network: Network,
  windowErrors: WindowErrors,
  options: ResidualStreamOptions,
  from?: State,
) {
  const { span, target, inShape } = network
  const { width } = inShape
  const { alignment, stride } = options
  const isCausal = alignment === 'causal'
  const lookahead = isCausal ? 0 : target.steps - 1
  const warmUp = isCausal ? span - 1 : target.offset
  const start = from && loadState(from, options, width)
  /** Samples so far, and windows computed. */
  let { total, windows } = start ?? { total: 0, windows: 0 }
  /** Samples `[total - length, total)`: those that further windows need. */
  let ring = start?.ring ?? new Float32Array(0)
  /** From the first sample that is not final on. */
  let sums = start?.sums ?? new Float32Array(0)
  let expectedSums = start?.expected ?? new Float64Array(0)

  const finalOf = (samples: number) => Math.max(0, samples - lookahead)

  /** The errors of samples `[first, end)`, whose sums begin at `first`. */
  function emit(first: number, end: number): Residuals {
    const counts = new Uint32Array(end - first)
    for (let r = 0; r < counts.length; r++) counts[r] = windowsOf(network, isCausal, stride, first + r, total)
    const residual = means(sums, counts, width)
    sums = sums.slice(residual.length)
    const reason = new Uint8Array(counts.length)
    for (let r = 0; r < reason.length; r++) {
      if (counts[r] === 0) reason[r] = first + r < warmUp || total < span ? WARM_UP : STRIDE
      else if (residual.subarray(r * width, (r + 1) * width).some(Number.isNaN)) reason[r] = MISSING
    }
    if (!options.expected) return { residual, reason }
    const expected = means(expectedSums, counts, width)
    expectedSums = expectedSums.slice(expected.length)
    return { residual, reason, expected }
  }

  return {
    /** @param values `[n * C]` scaled */
    push(values: Float32Array | Float64Array): Residuals {
      const done = finalOf(total)
      const ringFirst = total - ring.length / width
      const joined = new Float32Array(ring.length + values.length)
      joined.set(ring)
      joined.set(values, ring.length)
      total += values.length / width
      sums = lengthened(sums, (total - done) * width, Float32Array)
      if (options.expected) expectedSums = lengthened(expectedSums, (total - done) * width, Float64Array)
      const next = windows * stride
      const count = total < next + span ? 0 : Math.floor((total - next - span) / stride) + 1
      if (count > 0) {
        const series = joined.subarray((next - ringFirst) * width)
        const into = { errors: sums, expected: options.expected ? expectedSums : undefined }
        addWindows(network, windowErrors, options, series, count, next - done, into)
      }
      windows += count
      ring = joined.slice(Math.max(0, windows * stride - ringFirst) * width)
      return emit(done, finalOf(total))
    },
    finish: (): Residuals => emit(finalOf(total), total),
    state(): State {
      const rows = (data: Tensor['data']): Tensor => ({ shape: [data.length / width, width], data })
      const kept = { ring: rows(ring.slice()), sums: rows(sums.slice()) }
      return {
        kind: KIND,
        version: 1,
        options: { alignment, stride, channels: width, total, windows },
        arrays: options.expected ? { ...kept, expected: rows(expectedSums.slice()) } : kept,
      }
    },
  }
}

/**
 * Computes windows; their errors go to the places of their samples in `into`.
 *
 * @param offset of the first sample of the first window from the sample of the first place
 */
function addWindows(
  { span, target, inShape: { width } }: Network,
  windowErrors: WindowErrors,
  { alignment, stride, batchSize }: ResidualOptions,
  series: Float32Array,
  count: number,
  offset: number,
  into: ErrorTarget,
): void {
  const range = { count, stride, batchSize }
  if (alignment === 'two-sided') {
    const place = (offset + target.offset) * width
    const [errors, expected] = [into.errors.subarray(place), into.expected?.subarray(place)]
    windowErrors(series, range, alignment, { errors, expected })
    return
  }
  const errors = new Float32Array(count * width)
  const expected = into.expected && new Float64Array(count * width)
  windowErrors(series, range, alignment, { errors, expected })
  const place = (offset + span - 1) * width
  spread(into.errors.subarray(place), errors, stride, width)
  if (into.expected && expected) spread(into.expected.subarray(place), expected, stride, width)
}

/** Windows that speak for sample i of a series of `total`. */
function windowsOf({ span, target }: Network, isCausal: boolean, stride: number, i: number, total: number) {
  if (!isCausal) return coverCount(i - target.offset, total - target.offset, target.steps, stride)
  const first = i - (span - 1)
  return first >= 0 && first % stride === 0 ? 1 : 0
}

/** `[n * C]` sums divided by the count of their row; NaN where it is 0. */
function means(sums: Float32Array | Float64Array, counts: Uint32Array, width: number): Float32Array {
  const out = new Float32Array(counts.length * width).fill(Number.NaN)
  for (let at = 0; at < out.length; at++) {
    const count = counts[Math.floor(at / width)]
    if (count > 0) out[at] = sums[at] / count
  }
  return out
}

/** Writes row k of `rows` to row k * stride of `out`. */
function spread(
  out: Float32Array | Float64Array,
  rows: Float32Array | Float64Array,
  stride: number,
  width: number,
): void {
  for (let at = 0; at < rows.length; at++)
    out[Math.floor(at / width) * stride * width + (at % width)] = rows[at]
}

/** The errors of a whole series, `[n * C]`, with turns for the event loop. Throws `interrupted` when the signal aborts. */
export async function seriesResiduals(
  network: Network,
  windowErrors: WindowErrors,
  series: Float32Array,
  options: ResidualOptions,
  { pause }: Pick<Runtime, 'pause'>,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const stream = residualStream(network, windowErrors, options)
  const out = new Float32Array(series.length)
  let done = 0
  const take = ({ residual }: Residuals) => {
    out.set(residual, done)
    done += residual.length
  }
  const slice = SLICE_WINDOWS * options.stride * network.inShape.width
  for (let at = 0; at < series.length; at += slice) {
    take(stream.push(series.subarray(at, at + slice)))
    const turn = pause()
    if (turn) await turn
    if (signal?.aborted) throw createError('interrupted', { what: 'scoring' })
  }
  take(stream.finish())
  return out
}

const KIND = 'online:network'
/** Windows between two looks at the abort signal. */
const SLICE_WINDOWS = 1024

/** What `state()` gave. Throws `state-unfit`. */
function loadState(state: State, { alignment, stride, expected }: ResidualStreamOptions, width: number) {
  checkState(
    state,
    KIND,
    1,
    expected ? { ring: null, sums: null, expected: null } : { ring: null, sums: null },
  )
  checkOptions(state, { alignment, stride, channels: width })
  const { arrays } = state
  return {
    total: countIn(state, 'total'),
    windows: countIn(state, 'windows'),
    ring: Float32Array.from(arrays.ring.data),
    sums: Float32Array.from(arrays.sums.data),
    expected: Float64Array.from(arrays.expected?.data ?? []),
  }
}

function lengthened<A extends Float32Array | Float64Array>(
  values: A,
  length: number,
  make: new (n: number) => A,
): A {
  const longer = new make(length)
  longer.set(values)
  return longer
}
