import { REASONS, type Reason } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { checkOptions, checkState, countIn, type State, type Tensor } from '../core/state.js'
import type { Network } from '../nn/index.js'
import { coverCount } from '../window/index.js'
import type { ResidualOptions, WindowErrors } from './residuals.js'
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
  const { alignment, stride, batchSize } = options
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
    const residual = new Float32Array((end - first) * width).fill(Number.NaN)
    const expected = options.expected ? new Float32Array(residual.length).fill(Number.NaN) : undefined
    const reason = new Uint8Array(end - first)
    for (let i = first, r = 0; i < end; i++, r++) {
      const count = windowsOf(i)
      if (count === 0) {
        reason[r] = i < warmUp || total < span ? WARM_UP : STRIDE
        continue
      }
      for (let at = r * width; at < (r + 1) * width; at++) {
        residual[at] = sums[at] / count
        if (expected) expected[at] = expectedSums[at] / count
        if (Number.isNaN(residual[at])) reason[r] = MISSING
      }
    }
    sums = sums.slice(residual.length)
    if (expected) expectedSums = expectedSums.slice(residual.length)
    return expected ? { residual, reason, expected } : { residual, reason }
  }

  /** Windows that speak for sample i. */
  function windowsOf(i: number): number {
    if (!isCausal) return coverCount(i - target.offset, total - target.offset, target.steps, stride)
    const first = i - (span - 1)
    return first >= 0 && first % stride === 0 ? 1 : 0
  }

  /** Computes the windows that the samples make whole; their errors go to the places of their samples in `sums`. */
  function addWindows(series: Float32Array, count: number, done: number): void {
    const first = windows * stride
    const range = { count, stride, batchSize }
    if (!isCausal) {
      const place = (first + target.offset - done) * width
      const into = { errors: sums.subarray(place), expected: expectedSums.subarray(place) }
      windowErrors(series, range, alignment, options.expected ? into : { errors: into.errors })
      return
    }
    const errors = new Float32Array(count * width)
    const expected = options.expected ? new Float64Array(count * width) : undefined
    windowErrors(series, range, alignment, { errors, expected })
    for (let k = 0; k < count; k++) {
      const place = (first + k * stride + span - 1 - done) * width
      for (let c = 0; c < width; c++) {
        sums[place + c] = errors[k * width + c]
        if (expected) expectedSums[place + c] = expected[k * width + c]
      }
    }
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
      if (count > 0) addWindows(joined.subarray((next - ringFirst) * width), count, done)
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
