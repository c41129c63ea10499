import type { Interval } from '../core/frame.js'

/**
 * Maximal flagged intervals, joined over gaps of at most `mergeGap` samples; those shorter than `minLength` are dropped.
 * Cost O(n).
 *
 * @example
 * import { flaggedIntervals } from './intervals.js'
 * flaggedIntervals([0, 1, 1, 0, 1, 0, 0, 0, 1], { mergeGap: 1, minLength: 2 }) // => [{ "start": 1, "end": 5 }]
 */
export function flaggedIntervals(
  flag: ArrayLike<number>,
  options: { readonly mergeGap: number; readonly minLength: number },
): Interval[] {
  const merged: { start: number; end: number }[] = []
  for (let i = 0; i < flag.length; i++) {
    if (!flag[i]) continue
    const last = merged[merged.length - 1]
    if (last !== undefined && i - last.end <= options.mergeGap) last.end = i + 1
    else merged.push({ start: i, end: i + 1 })
  }
  return merged.filter(({ start, end }) => end - start >= options.minLength)
}
