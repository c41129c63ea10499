import type { Frame } from '../../core/frame.js'
import { htmlText } from '../../core/safe-text.js'
import { formatNumber } from '../units.js'

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

/** Round values inside a range: multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
export function roundTicks(from: number, to: number, count: number): number[] {
  const span = to - from
  if (!(span > 0) || !Number.isFinite(span)) return [from]
  const rough = span / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough) ?? rough
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  return Array.from({ length: Math.max(0, last - first) + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  )
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

/** Ticks of a time axis with their labels, UTC; of row numbers where there are no times. */
export function timeTicks(
  from: number,
  to: number,
  timeKind: Frame['timeKind'],
  count: number,
): { at: number; label: string }[] {
  if (timeKind === 'index') return roundTicks(from, to, count).map(at => ({ at, label: String(at) }))
  const step = TIME_STEPS.find(size => (to - from) / size <= count) ?? 365 * DAY
  const ticks: { at: number; label: string }[] = []
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length <= 2 * count; at += step) {
    const text = new Date(at).toISOString()
    const isDay = at % DAY === 0
    ticks.push({ at, label: isDay ? text.slice(5, 10) : text.slice(11, step < MINUTE ? 19 : 16) })
  }
  return ticks
}

/** Horizontal grid lines with their values; `label` writes one. */
export function valueAxis(
  { left, right }: Pick<PlotArea, 'left' | 'right'>,
  y: LinearScale,
  count: number,
  label: (value: number) => string = formatNumber,
): string {
  const rows = roundTicks(y.from, y.to, count).map(
    value =>
      `<path class="grid" d="M${left} ${n(y(value))}H${right}"/><text class="end" x="${left - 6}" y="${n(y(value) + 4)}">${label(value)}</text>`,
  )
  return rows.join('')
}

/** The line below a plot with the ticks and labels of time, or of numbers. */
export function timeAxis(
  { left, right, bottom }: PlotArea,
  x: LinearScale,
  timeKind: Frame['timeKind'],
  count: number,
): string {
  const columns = timeTicks(x.from, x.to, timeKind, count).map(
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
): string {
  return valueAxis(area, y, counts.y) + timeAxis(area, x, timeKind, counts.x)
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
