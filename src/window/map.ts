import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { windowCount } from './count.js'

/** Which samples a window holds, and which windows hold a sample: exact in both directions. Windows are numbered in time order. */
export interface WindowMap {
  /** Number of windows W. */
  readonly count: number
  /** Samples of window w. Cost O(log segments). */
  samples(w: number): Interval
  /** Numbers of the windows that hold sample i, as a half-open range; empty where none does. Cost O(log segments). */
  windows(i: number): Interval
  /** Times of the first and the last sample of window w. */
  times(w: number, frame: Frame): { readonly from: number; readonly to: number }
}

/**
 * Maps windows to samples and back. Windows never leave their segment.
 *
 * @param segments ascending, apart; a frame without gaps is one segment
 * @example
 * import { mapWindows } from './map.js'
 * const map = mapWindows([{ start: 0, end: 5 }, { start: 8, end: 11 }], 3, 1)
 * map.count // => 4
 * map.samples(3) // => { start: 8, end: 11 }
 * map.windows(2) // => { start: 0, end: 3 }
 */
export function mapWindows(segments: readonly Interval[], window: number, stride: number): WindowMap {
  const long = segments.filter(({ start, end }) => end - start >= window)
  const firstWindow = [0]
  for (const { start, end } of long)
    firstWindow.push(firstWindow[firstWindow.length - 1] + windowCount(end - start, window, stride))
  const starts = long.map(({ start }) => start)
  const samples = (w: number): Interval => {
    const s = lastAtMost(firstWindow, w)
    const start = starts[s] + (w - firstWindow[s]) * stride
    return { start, end: start + window }
  }
  return {
    count: firstWindow[long.length],
    samples,
    windows(i) {
      const s = lastAtMost(starts, i)
      if (s < 0 || i >= long[s].end) return { start: 0, end: 0 }
      const offset = i - starts[s]
      const first = firstWindow[s] + Math.max(0, Math.ceil((offset - window + 1) / stride))
      const end = Math.min(firstWindow[s + 1], firstWindow[s] + Math.floor(offset / stride) + 1)
      return { start: Math.min(first, end), end }
    },
    times(w, frame) {
      const { start, end } = samples(w)
      const last = Math.min(end, sampleCount(frame)) - 1
      return { from: frame.timeMs[start], to: frame.timeMs[last] }
    },
  }
}

/** Index of the last of ascending numbers that is at most x, -1 without one. */
function lastAtMost(ascending: readonly number[], x: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle] <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}
