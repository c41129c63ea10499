import type { Interval } from '../core/frame.js'
import { windowCount } from './count.js'

/**
 * First samples of the windows of `span` samples that lie within one of the segments, every `stride` samples from the start of each.
 *
 * @param segments in time order, without overlap
 * @example
 * import { windowStarts } from 'telltale'
 * Array.from(windowStarts([{ start: 0, end: 5 }, { start: 7, end: 10 }], 3, 1)) // => [0, 1, 2, 7]
 */
export function windowStarts(segments: readonly Interval[], span: number, stride: number): Int32Array {
  return Int32Array.from(
    segments.flatMap(({ start, end }) =>
      Array.from({ length: windowCount(end - start, span, stride) }, (_, w) => start + w * stride),
    ),
  )
}
