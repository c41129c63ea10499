import type { Frame, Interval } from '../../core/frame.js'
import { bandOf, type ChannelCourse, type NormalInterval } from '../../explain/index.js'
import { axes, linearScale, linePath, n, picture } from './axes.js'

const WIDTH = 480
const HEIGHT = 190
const AREA = { left: 52, right: WIDTH - 8, top: 8, bottom: HEIGHT - 24 }

/** What a plot of a channel shows beside its readings. */
export interface ChannelPlot {
  readonly event: Interval
  readonly label: string
  /** Its readings in normal operation are drawn beside those of the event. */
  readonly normal: NormalInterval | null
  /** What the clock of the time axis shows at an instant. Default: UTC. */
  readonly wall?: (timeMs: number) => number
}

/**
 * A channel over an event: its readings, what was expected with the band around it, what it read in the nearest interval of normal operation, the event, and when it
 * left the band.
 */
export function channelPlot(
  frame: Frame,
  course: ChannelCourse,
  { event, label, normal, wall }: ChannelPlot,
): string {
  const { range, channel, left } = course
  const bands = Array.from(course.expected, value => bandOf(value, course.halfBand, course.possible))
  const expected = Float64Array.from(bands, band => band.expected)
  const { timeMs, timeKind, channels } = frame
  const readings = Float64Array.from(
    expected,
    (_, i) => frame.values[(range.start + i) * channels.length + channel],
  )
  const usual = normalReadings(normal, course)
  const all = [...readings, ...usual, ...bands.flatMap(({ low, high }) => [low, high])]
  const known = all.filter(Number.isFinite)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const pad = 0.05 * (high - low) || Math.abs(high) * 0.05 || 1
  const at = (sample: number) => timeMs[Math.min(sample, timeMs.length - 1)]
  const x = linearScale(at(range.start), at(range.end - 1), AREA.left, AREA.right)
  const y = linearScale(low - pad, high + pad, AREA.bottom, AREA.top)
  const place = (i: number) => x(timeMs[range.start + i])
  const [from, to] = [x(at(event.start)), x(at(event.end - 1))]
  const leaving =
    left === null ? '' : `<path class="left" d="M${n(x(at(left)))} ${AREA.top}V${AREA.bottom}"/>`
  const then = usual.some(Number.isFinite) ? `<path class="normal" d="${linePath(usual, place, y)}"/>` : ''
  return picture(
    WIDTH,
    HEIGHT,
    `${label} over the event, with what was expected`,
    `<rect class="event" x="${n(from)}" y="${AREA.top}" width="${n(Math.max(2, to - from))}" height="${AREA.bottom - AREA.top}"/>${axes(AREA, x, y, timeKind, { x: 6, y: 4 }, wall)}<path class="band" d="${bandPath(bands, place, y)}"/><path class="expected" d="${linePath(expected, place, y)}"/>${leaving}${then}<path class="curve" d="${linePath(readings, place, y)}"/>`,
  )
}

/** `[n]` over the range of a course: readings of the interval of normal operation, NaN where it has none beside the event. */
function normalReadings(normal: NormalInterval | null, { range, channel }: ChannelCourse): Float64Array {
  const readings = new Float64Array(range.end - range.start).fill(Number.NaN)
  if (normal === null) return readings
  const { frame, range: from, beside } = normal
  for (let i = beside.start; i < beside.end; i++)
    readings[i - range.start] =
      frame.values[(from.start + i - beside.start) * frame.channels.length + channel]
  return readings
}

/** The area between the edges of the band; parts without an expected reading are left out. */
function bandPath(
  bands: readonly ReturnType<typeof bandOf>[],
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = []
  for (let start = 0; start < bands.length; ) {
    if (!Number.isFinite(bands[start].expected)) {
      start++
      continue
    }
    let end = start
    while (end < bands.length && Number.isFinite(bands[end].expected)) end++
    const samples = Array.from({ length: end - start }, (_, k) => start + k)
    const upper = samples.map(i => `${n(x(i))} ${n(y(bands[i].high))}`)
    const lower = samples.reverse().map(i => `${n(x(i))} ${n(y(bands[i].low))}`)
    parts.push(`M${[...upper, ...lower].join('L')}Z`)
    start = end
  }
  return parts.join('')
}
