import uPlot from 'uplot'
import type { Event } from '../../src/serve/contract/index.js'
import { colour } from './colours.js'
import type { Columns } from './columns.js'
import { clockText, dayText, numberText } from './text.js'

/** A chart of the score, or of a channel by its index. */
export interface PlotOptions {
  readonly columns: Columns
  readonly channel: number | 'score'
  readonly events: () => readonly Event[]
  readonly height: number
  readonly hasTimes: boolean
  readonly syncKey: string
  /** Called with the index of the interval under the pointer; null outside. */
  readonly onCursor: (index: number | null) => void
  readonly onSelect?: (fromMs: number, toMs: number) => void
}

const FONT = '11px system-ui, sans-serif'
const DAY_MS = 86_400_000
const dpr = () => devicePixelRatio || 1

const stroke = (name: string) => () => colour(name)

/** Lines of a channel: band of the expected, highest and lowest reading of each interval. */
const CHANNEL_SERIES: uPlot.Series[] = [
  {},
  { stroke: stroke('band-edge'), width: 0.75, points: { show: false } },
  { stroke: stroke('band-edge'), width: 0.75, points: { show: false } },
  { stroke: stroke('expected'), width: 1, dash: [4, 3], points: { show: false } },
  { stroke: stroke('line'), width: 1, points: { show: false } },
  { stroke: stroke('line'), width: 1, points: { show: false } },
]
const CHANNEL_BANDS: uPlot.Band[] = [
  { series: [1, 2], fill: stroke('band') as uPlot.Band['fill'] },
  { series: [4, 5], fill: stroke('line-fill') as uPlot.Band['fill'] },
]
const SCORE_SERIES: uPlot.Series[] = [
  {},
  { stroke: stroke('line'), width: 1.25, points: { show: false } },
  { stroke: stroke('alarm'), fill: stroke('alarm-fill'), fillTo: 1, width: 1.5, points: { show: false } },
]

function dataOf({ timeMs, score, channels }: Columns, channel: number | 'score'): uPlot.AlignedData {
  if (channel !== 'score') {
    const { high, low, expected, max, min } = channels[channel]
    return [timeMs, high, low, expected, max, min]
  }
  return [timeMs, score, score.map(value => (value !== null && value >= 1 ? value : null))]
}

/** Marks of time: hours, and the day where it begins. */
export function timeLabels(ticks: readonly number[], step: number): string[] {
  return ticks.map((tick, i) => {
    const isNewDay = i === 0 || Math.floor(tick / DAY_MS) !== Math.floor(ticks[i - 1] / DAY_MS)
    if (step >= DAY_MS) return dayText(tick)
    const clock = clockText(tick, step < 60_000)
    return isNewDay ? `${clock}\n${dayText(tick)}` : clock
  })
}

const scoreRange: uPlot.Range.Function = (_, __, max) => [0, Math.max(1.35, (max ?? 0) * 1.08)]
const channelRange: uPlot.Range.Function = (_, min, max) => {
  if (min === null || max === null) return [0, 1]
  const pad = 0.08 * (max - min) || Math.abs(max) * 0.05 || 1
  return [min - pad, max + pad]
}

export function createPlot(root: HTMLElement, options: PlotOptions) {
  const { columns, channel, height, hasTimes, syncKey, onCursor, onSelect } = options
  const isScore = channel === 'score'
  const plot = new uPlot(
    {
      width: Math.max(120, root.clientWidth),
      height,
      ms: 1,
      tzDate: time => uPlot.tzDate(new Date(time), 'Etc/UTC'),
      legend: { show: false },
      padding: [6, 16, hasTimes ? 0 : 6, 0],
      cursor: {
        sync: { key: syncKey },
        y: false,
        points: { size: 5 },
        drag: { x: onSelect !== undefined, setScale: false },
      },
      scales: { x: { time: true }, y: { range: isScore ? scoreRange : channelRange } },
      axes: [
        {
          show: hasTimes,
          stroke: stroke('dim'),
          grid: { stroke: stroke('grid'), width: 1 },
          ticks: { show: false },
          font: FONT,
          size: 34,
          space: 80,
          values: (_, ticks, __, ___, step) => timeLabels(ticks, step),
        },
        {
          stroke: stroke('dim'),
          grid: { stroke: stroke('grid'), width: 1 },
          ticks: { show: false },
          font: FONT,
          size: 52,
          space: 20,
          values: (_, ticks) => ticks.map(tick => numberText(tick)),
        },
      ],
      series: isScore ? SCORE_SERIES : CHANNEL_SERIES,
      bands: isScore ? [] : CHANNEL_BANDS,
      hooks: {
        drawClear: [u => drawEvents(u, options)],
        draw: isScore ? [u => drawThreshold(u), u => drawCoverage(u, columns)] : [],
        setCursor: [u => onCursor(u.cursor.idx ?? null)],
        setSelect: [u => select(u, onSelect)],
      },
    },
    dataOf(columns, channel),
    root,
  )
  return {
    /** Draws the columns in a range of time. */
    show(fromMs: number, toMs: number) {
      plot.batch(() => {
        plot.setData(dataOf(columns, channel), false)
        plot.setScale('x', { min: fromMs, max: toMs })
      })
    },
    resize: (width: number) => plot.setSize({ width: Math.max(120, width), height }),
    redraw: () => plot.redraw(false),
    destroy: () => plot.destroy(),
  }
}
export type Plot = ReturnType<typeof createPlot>

function select(u: uPlot, onSelect: PlotOptions['onSelect']): void {
  const { left, width } = u.select
  if (width < 8 || onSelect === undefined) return
  onSelect(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'))
  u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
}

function drawEvents(u: uPlot, { events, columns, channel }: PlotOptions): void {
  const { ctx, bbox } = u
  const name = channel === 'score' ? undefined : columns.channels[channel].name
  const [min, max] = [u.scales.x.min ?? 0, u.scales.x.max ?? 0]
  ctx.save()
  for (const event of events()) {
    const end = event.state === 'open' ? max : event.endMs
    if (end < min || event.startMs > max) continue
    const left = Math.max(bbox.left, u.valToPos(event.startMs, 'x', true))
    const right = Math.min(bbox.left + bbox.width, u.valToPos(end, 'x', true))
    const isOwn =
      name === undefined ||
      event.channels.slice(0, 3).some((one, k) => one.name === name && (k === 0 || one.share > 0.1))
    ctx.fillStyle = colour(isOwn ? 'event-own' : 'event')
    ctx.fillRect(left, bbox.top, Math.max(2 * dpr(), right - left), bbox.height)
  }
  ctx.restore()
}

function drawThreshold(u: uPlot): void {
  const { ctx, bbox } = u
  const y = Math.round(u.valToPos(1, 'y', true))
  ctx.save()
  ctx.strokeStyle = colour('alarm')
  ctx.lineWidth = dpr()
  ctx.setLineDash([5 * dpr(), 4 * dpr()])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

/** Shortest time between the last intervals: devices that send less often than an interval have gaps that are none. */
const usualGap = (timeMs: readonly number[], stepMs: number) =>
  timeMs.length < 2
    ? stepMs
    : Math.min(
        ...timeMs
          .slice(-10)
          .map((time, i, last) => (i === 0 ? Number.POSITIVE_INFINITY : time - last[i - 1])),
      )

/** A strip below the score: intervals without a score are marked. */
function drawCoverage(u: uPlot, { timeMs, coverage, stepMs }: Columns): void {
  const { ctx, bbox } = u
  const height = 3 * dpr()
  const top = bbox.top + bbox.height - height
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, top, bbox.width, height)
  ctx.clip()
  ctx.fillStyle = colour('gap')
  ctx.fillRect(bbox.left, top, bbox.width, height)
  ctx.fillStyle = colour('ok')
  const width =
    Math.max(
      1,
      u.valToPos(timeMs[0] + usualGap(timeMs, stepMs), 'x', true) - u.valToPos(timeMs[0], 'x', true),
    ) + 1
  for (let i = 0; i < timeMs.length; i++)
    if ((coverage[i] ?? 0) > 0.5) ctx.fillRect(u.valToPos(timeMs[i], 'x', true), top, width, height)
  ctx.restore()
}
