/**
 * The table of numbers that every stage reads.
 *
 * `values` is row-major `[N, C]`: sample `i`, channel `c` is `values[i * C + c]`. Missing = NaN.
 * Readings stay float64 until a scaler has run; a scaled frame holds float32.
 */
export interface Frame {
  /** `[N]` time of each sample: ms since the Unix epoch (UTC), or the row number when `timeKind` is `index`. */
  readonly timeMs: Float64Array
  /** Whether `timeMs` holds real times or only row numbers (a table without a time column). */
  readonly timeKind: 'utc' | 'index'
  /** `[N * C]` row-major. */
  readonly values: Float64Array | Float32Array
  /** `[C]` unique names, in the order of the columns of `values`. */
  readonly channels: readonly string[]
}

declare const scaled: unique symbol

/**
 * A frame as a scaler gives it: float32 values without unit. The mark exists for the compiler only, so that readings are not given to a detector by
 * mistake.
 */
export type ScaledFrame = Frame & { readonly values: Float32Array; readonly [scaled]: true }

/** The times and channels of a frame with scaled values `[N * C]`, for code that is a scaler or changes what one gave. */
export function asScaled(frame: Omit<Frame, 'values'>, values: Float32Array): ScaledFrame {
  return { ...frame, values } as ScaledFrame
}

/** Half-open range `[start, end)` of sample numbers. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** Number of samples N of a frame. Cost O(1). */
export function sampleCount(frame: Frame): number {
  return frame.timeMs.length
}

/**
 * Samples `[start, end)` of a frame as a view: nothing is copied.
 *
 * @example
 * import { sliceFrame, sampleCount } from 'telltale'
 * const frame = { timeMs: Float64Array.of(0, 1, 2), timeKind: 'index', values: Float64Array.of(1, 2, 3), channels: ['a'] }
 * sampleCount(sliceFrame(frame, 1, 3)) // => 2
 */
export function sliceFrame<F extends Frame>(frame: F, start: number, end: number = sampleCount(frame)): F {
  const c = frame.channels.length
  return {
    ...frame,
    timeMs: frame.timeMs.subarray(start, end),
    values: frame.values.subarray(start * c, end * c),
  }
}

/** The samples of frames of the same channels, one after the other, as float64; at least one frame. Cost O(N C). */
export function appendFrames(frames: readonly Frame[]): Frame {
  const filled = frames.filter(frame => sampleCount(frame) > 0)
  if (filled.length <= 1) return filled[0] ?? frames[0]
  const n = filled.reduce((sum, frame) => sum + sampleCount(frame), 0)
  const timeMs = new Float64Array(n)
  const values = new Float64Array(n * frames[0].channels.length)
  let at = 0
  for (const frame of filled) {
    timeMs.set(frame.timeMs, at)
    values.set(frame.values, at * frame.channels.length)
    at += sampleCount(frame)
  }
  return { ...filled[0], timeMs, values }
}
