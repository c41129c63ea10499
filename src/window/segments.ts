import type { Interval } from '../core/frame.js'
import { windowCount } from './count.js'

/**
 * The intervals between breaks: each break is the first sample of a new interval. Breaks ascend; those outside of the samples do nothing.
 *
 * @example
 * import { splitAt } from './segments.js'
 * splitAt(10, [4]) // => [{ start: 0, end: 4 }, { start: 4, end: 10 }]
 */
export function splitAt(n: number, breaks: readonly number[]): Interval[] {
  const segments: Interval[] = []
  let start = 0
  for (const end of [...breaks, n]) {
    if (end > start && end <= n) {
      segments.push({ start, end })
      start = end
    }
  }
  return segments
}

/**
 * The segments inside `part`, counted from its first sample.
 *
 * @example
 * import { clipSegments } from './segments.js'
 * clipSegments([{ start: 0, end: 4 }, { start: 4, end: 10 }], { start: 3, end: 8 }) // => [{ start: 0, end: 1 }, { start: 1, end: 5 }]
 */
export function clipSegments(segments: readonly Interval[], part: Interval): Interval[] {
  return segments
    .map(({ start, end }) => ({
      start: Math.max(start, part.start) - part.start,
      end: Math.min(end, part.end) - part.start,
    }))
    .filter(({ start, end }) => start < end)
}

/**
 * First samples of the windows that lie inside one segment each, so that none spans a gap; in every segment they begin at its first sample
 * and follow every `stride` samples. Cost O(windows).
 *
 * @param segments ascending, apart
 * @param window samples in a window
 * @returns `[W]`
 * @example
 * import { windowStarts } from './segments.js'
 * Array.from(windowStarts([{ start: 0, end: 4 }, { start: 6, end: 9 }], 3, 1)) // => [0, 1, 6]
 */
export function windowStarts(segments: readonly Interval[], window: number, stride: number): Int32Array {
  const counts = segments.map(({ start, end }) => windowCount(end - start, window, stride))
  const starts = new Int32Array(counts.reduce((sum, count) => sum + count, 0))
  let at = 0
  segments.forEach(({ start }, s) => {
    for (let w = 0; w < counts[s]; w++) starts[at++] = start + w * stride
  })
  return starts
}

/**
 * A part without the given intervals, in time order.
 *
 * @param out intervals in any order; they may overlap and reach beyond the part
 * @example
 * import { segmentsWithout } from './segments.js'
 * segmentsWithout({ start: 0, end: 10 }, [{ start: 3, end: 5 }]) // => [{ "start": 0, "end": 3 }, { "start": 5, "end": 10 }]
 */
export function segmentsWithout(part: Interval, out: readonly Interval[]): Interval[] {
  const segments: Interval[] = []
  let start = part.start
  for (const gap of [...out].sort((a, b) => a.start - b.start)) {
    if (gap.start > start) segments.push({ start, end: Math.min(gap.start, part.end) })
    start = Math.max(start, gap.end)
    if (start >= part.end) return segments.filter(({ start, end }) => end > start)
  }
  return [...segments, { start, end: part.end }]
}
