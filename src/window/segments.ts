import type { Interval } from '../core/frame.js'

/**
 * What is left of a part when intervals are taken out of it, in time order.
 *
 * @param out intervals in any order; they may overlap and reach beyond the part
 * @example
 * import { segmentsWithout } from 'telltale'
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
