import type { Frame } from '../../core/frame.js'
import { htmlText } from '../../core/safe-text.js'
import { formatNumber } from '../units.js'
import { logTicks, roundTicks } from './ticks.js'

/** Where a plot is drawn inside its SVG, in user units. */
export interface PlotArea {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** A linear scale from data to user units. */
export interface LinearScale {
  (value: number): number
  readonly from: number
  readonly to: number
}

/** A scale; a range of no width is drawn in the middle. */
export function linearScale(from: number, to: number, low: number, high: number): LinearScale {
  // Halves: the span of the largest doubles is infinite.
  const span = to / 2 - from / 2
  const scale = (value: number) =>
    span > 0 ? low + ((value / 2 - from / 2) / span) * (high - low) : (low + high) / 2
  return Object.assign(scale, { from, to })
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TIME_STEPS = [1, 5, 10, 30]
  .flatMap(k => [k * SECOND, k * MINUTE])
  .concat(
    [1, 3, 6, 12].map(k => k * HOUR),
    [1, 2, 7, 14, 30, 90, 365].map(k => k * DAY),
  )
  .sort((a, b) => a - b)

/** What a clock shows at an instant, as if that were UTC. */
type Wall = (timeMs: number) => number
const utc: Wall = time => time

/** Ticks of a time axis with their labels by a clock, UTC by default; of row numbers where there are no times. */
export function timeTicks(
  from: number,
  to: number,
  timeKind: Frame['timeKind'],
  count: number,
  wall = utc,
): { at: number; label: string }[] {
  if (timeKind === 'index') return roundTicks(from, to, count).map(at => ({ at, label: String(at) }))
  const step = TIME_STEPS.find(size => (to - from) / size <= count) ?? 365 * DAY
  const ticks: { at: number; label: string }[] = []
  const [start, end] = [wall(from), wall(to)]
  for (let shown = Math.ceil(start / step) * step; shown <= end && ticks.length <= 2 * count; shown += step) {
    const text = new Date(shown).toISOString()
    const isDay = shown % DAY === 0
    // The offset of the clock can change between the start and the tick.
    const near = shown - (start - from)
    ticks.push({
      at: shown - (wall(near) - near),
      label: isDay ? text.slice(5, 10) : text.slice(11, step < MINUTE ? 19 : 16),
    })
  }
  return ticks
}

/** Horizontal grid lines with their values, those of logarithms to base 10 as what they are logarithms of. */
export function valueAxis(
  { left, right }: Pick<PlotArea, 'left' | 'right'>,
  y: LinearScale,
  count: number,
  logarithmic = false,
): string {
  const ticks = logarithmic ? logTicks(y.from, y.to, count) : roundTicks(y.from, y.to, count)
  const rows = ticks.map(
    value =>
      `<path class="grid" d="M${left} ${n(y(value))}H${right}"/><text class="end" x="${left - 6}" y="${n(y(value) + 4)}">${formatNumber(logarithmic ? 10 ** value : value)}</text>`,
  )
  return rows.join('')
}

/** The line below a plot with the ticks and labels of time, or of numbers. */
export function timeAxis(
  { left, right, bottom }: PlotArea,
  x: LinearScale,
  timeKind: Frame['timeKind'],
  count: number,
  wall = utc,
): string {
  const columns = timeTicks(x.from, x.to, timeKind, count, wall).map(
    ({ at, label }) =>
      `<path class="tick" d="M${n(x(at))} ${bottom}v4"/><text class="${x(at) > right - 18 ? 'end' : 'middle'}" x="${n(Math.min(right, x(at) + (x(at) > right - 18 ? 18 : 0)))}" y="${bottom + 17}">${label}</text>`,
  )
  return `<path class="axis" d="M${left} ${bottom}H${right}"/>${columns.join('')}`
}

/** Both axes. */
export function axes(
  area: PlotArea,
  x: LinearScale,
  y: LinearScale,
  timeKind: Frame['timeKind'],
  counts: { readonly x: number; readonly y: number },
  wall = utc,
): string {
  return valueAxis(area, y, counts.y) + timeAxis(area, x, timeKind, counts.x, wall)
}

/** A number of SVG with at most one decimal. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** An SVG picture with a label for screen readers. */
export function picture(width: number, height: number, label: string, body: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${htmlText(label)}">${body}</svg>`
}

/**
 * A line through values as a path that shows every peak whatever their number: in each column of a unit of the picture it runs over the lowest and the
 * highest value. NaN interrupts it.
 *
 * @param values `[n]` against `at(i)` in user units, ascending
 */
export function linePath(
  values: ArrayLike<number>,
  at: (i: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = []
  let pen = 'M'
  for (let i = 0; i < values.length; ) {
    if (!Number.isFinite(values[i])) {
      pen = 'M'
      i++
      continue
    }
    const column = Math.floor(at(i))
    let [low, high] = [values[i], values[i]]
    const x = at(i)
    let count = 0
    while (i < values.length && Math.floor(at(i)) === column && Number.isFinite(values[i])) {
      low = Math.min(low, values[i])
      high = Math.max(high, values[i])
      i++
      count++
    }
    parts.push(`${pen}${n(x)} ${n(y(low))}`)
    if (count > 1) parts.push(`V${n(y(high))}`)
    pen = 'L'
  }
  return parts.join('')
}
