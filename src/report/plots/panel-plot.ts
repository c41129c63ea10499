import type { AnomalyEvent } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import { htmlText } from '../../core/safe-text.js'
import {
  type LinearScale,
  linearScale,
  linePath,
  n,
  type PlotArea,
  picture,
  timeAxis,
  valueAxis,
} from './axes.js'

/** How events are shown: the part of the plot behind them, the area below the readings, the readings in another colour, or a dot at the peak. */
export const EVENT_MARKS = ['background', 'fill', 'line', 'marker'] as const
export type EventMark = (typeof EVENT_MARKS)[number]

/** One plot of several above each other. */
export interface Panel {
  readonly label: string
  /** `[N]`; NaN interrupts the line. */
  readonly values: ArrayLike<number>
  /** A level that is drawn as a dashed line. */
  readonly limit?: number
  /** The values are logarithms with base 10. */
  readonly logarithmic?: boolean
}

/** What `panelPlot` draws. */
export interface PanelPlot extends Pick<Frame, 'timeMs' | 'timeKind'> {
  readonly panels: readonly Panel[]
  readonly events: readonly Pick<AnomalyEvent, 'start' | 'end' | 'peak'>[]
  readonly mark: EventMark
  readonly width: number
  readonly height: number
}

const LEFT = 64
const RIGHT = 12
const LABEL = 20
const TIMES = 26

/** Series above each other over one time axis, with events. Cost O(N) per panel; every peak is drawn. */
export function panelPlot(plot: PanelPlot, label: string): string {
  const { timeMs, timeKind, panels, width, height } = plot
  const each = (height - TIMES) / panels.length
  const x = linearScale(timeMs[0], timeMs[timeMs.length - 1], LEFT, width - RIGHT)
  const bodies = panels.map((panel, k) => {
    const area = {
      left: LEFT,
      right: width - RIGHT,
      top: k * each + LABEL,
      bottom: Math.round((k + 1) * each - 8),
    }
    return onePanel(plot, panel, area, x)
  })
  const last = { left: LEFT, right: width - RIGHT, top: 0, bottom: Math.round(height - TIMES) }
  const axis = timeAxis(last, x, timeKind, Math.max(2, Math.floor(width / 110)))
  return picture(width, height, label, bodies.join('') + axis)
}

function onePanel({ timeMs, events, mark }: PanelPlot, panel: Panel, area: PlotArea, x: LinearScale): string {
  const { values, limit, logarithmic, label } = panel
  const { left, right, top, bottom } = area
  const [low, high] = rangeOf(values, limit)
  const pad = 0.04 * (high - low) || Math.abs(high) * 0.05 || 1
  const y = linearScale(low - pad, high + pad, bottom, top)
  const at = (i: number) => x(timeMs[i])
  const rows = valueAxis(area, y, Math.max(2, Math.floor((bottom - top) / 20)), logarithmic)
  const marks = events.map(({ start, end, peak }) => {
    const last = Math.min(end, values.length) - 1
    const [from, to] = [at(start), at(last)]
    if (mark === 'background')
      return `<rect class="event" x="${n(from)}" y="${n(top)}" width="${n(Math.max(2, to - from))}" height="${n(bottom - top)}"/>`
    if (mark === 'marker')
      return Number.isFinite(values[peak])
        ? `<circle class="mark" cx="${n(at(peak))}" cy="${n(y(values[peak]))}" r="4"/>`
        : ''
    const piece = Array.from({ length: last - start + 1 }, (_, i) => values[start + i])
    if (mark === 'line') return `<path class="highlight" d="${linePath(piece, i => at(start + i), y)}"/>`
    return `<path class="area" d="${areaPath(piece, i => at(start + i), y, bottom)}"/>`
  })
  const under = mark === 'background' ? marks.join('') : ''
  const over = mark === 'background' ? '' : marks.join('')
  const line = limit === undefined ? '' : `<path class="limit" d="M${left} ${n(y(limit))}H${right}"/>`
  return `${under}${rows}${line}<path class="curve" d="${linePath(values, at, y)}"/>${over}<text class="ink" x="${left}" y="${n(top - 6)}">${htmlText(label)}</text>`
}

/** The area between a line and the bottom; NaN is left out. */
function areaPath(
  values: readonly number[],
  at: (i: number) => number,
  y: (value: number) => number,
  bottom: number,
): string {
  const known = values.flatMap((value, i) => (Number.isFinite(value) ? [[at(i), y(value)] as const] : []))
  if (known.length === 0) return ''
  const [first, last] = [known[0], known[known.length - 1]]
  const line = known.map(([px, py]) => `${n(px)} ${n(py)}`).join('L')
  return `M${n(first[0])} ${n(bottom)}L${line}L${n(Math.max(last[0], first[0] + 2))} ${n(bottom)}Z`
}

/** Lowest and highest value with the limit; 0 and 1 where there is none. */
function rangeOf(values: ArrayLike<number>, limit: number | undefined): [low: number, high: number] {
  let [low, high] =
    limit === undefined ? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] : [limit, limit]
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low && Number.isFinite(values[i])) low = values[i]
    if (values[i] > high && Number.isFinite(values[i])) high = values[i]
  }
  return low <= high ? [low, high] : [0, 1]
}
