import { type Frame, type Interval, sampleCount } from '../core/frame.js'

/**
 * The segments of a frame, one after another, with samples of missing readings between neighbours, so that no window spans two of them; and
 * where they lie in it. A single segment that is the whole frame is given back as it is.
 *
 * @param between samples between neighbours: larger than the merge gap of events when no event may span two segments
 */
export function separated(
  frame: Frame,
  segments: readonly Interval[],
  between = 1,
): { readonly frame: Frame; readonly segments: readonly Interval[] } {
  const total = sampleCount(frame)
  if (segments.length === 1 && segments[0].start === 0 && segments[0].end === total)
    return { frame, segments }
  const c = frame.channels.length
  const n = segments.reduce((sum, { start, end }) => sum + end - start, between * (segments.length - 1))
  const timeMs = new Float64Array(n)
  const values = new (frame.values instanceof Float32Array ? Float32Array : Float64Array)(n * c).fill(
    Number.NaN,
  )
  let at = 0
  const placed = segments.map(({ start, end }) => {
    timeMs.set(frame.timeMs.subarray(start, end), at)
    values.set(frame.values.subarray(start * c, end * c), at * c)
    const place = { start: at, end: at + end - start }
    timeMs.fill(frame.timeMs[end - 1], place.end, place.end + between)
    at = place.end + between
    return place
  })
  return { frame: { ...frame, timeMs, values }, segments: placed }
}
