import { logTicks } from '../src/report/plots/ticks.js'
import type { EventMark } from '../src/report/timeline/packed-series.js'
import type { Envelope, View } from './pyramid.js'
import { type Lane, possible, type Series } from './series.js'
import { numberText, tickTexts, wallOf } from './text.js'

/** What a timeline shows now. */
export interface Shown {
  readonly from: number
  readonly to: number
  readonly view: View
  /** Times of the groups of the view. */
  readonly times: ArrayLike<number>
}

export interface LaneChartOptions {
  readonly series: Series
  readonly lane: Lane
  readonly width: number
  readonly height: number
  /** Charts with one key share a cursor. */
  readonly syncKey: string
  /** Whether the labels of the time axis are drawn. */
  readonly hasTimes: boolean
  /** Without names of lines. */
  readonly isOverview?: boolean
  /** A range was dragged. */
  onSelect(from: number, to: number): void
  /** The cursor is at a time; NaN when it left. */
  onCursor(time: number): void
}

/** One lane of a timeline as a chart. */
export interface LaneChart {
  show(shown: Shown): void
  resize(width: number): void
  /** Draws again, in the colours of now. */
  redraw(): void
  destroy(): void
}

const AXIS_WIDTH = 52
/** Pixels between ticks. */
const LEAST_SPACE = 14

/** The colours of the page, from its custom properties: `--ink`, `--soft`, `--line`, `--curve`, `--ok`, `--error`. */
export function themeColour(name: string, alpha = 1): string {
  const key = `${name} ${alpha}`
  const colour = colours.get(key) ?? readColour(name, alpha)
  colours.set(key, colour)
  return colour
}

/** Colours that were read: asking the style of the page for each event in each frame is slow. */
const colours = new Map<string, string>()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => colours.clear())
// Paper is white: charts are drawn again with light colours before the page is printed, and with its own afterwards.
for (const [event, isPrinted] of [
  ['beforeprint', true],
  ['afterprint', false],
] as const)
  addEventListener(event, () => {
    document.documentElement.classList.toggle('printed', isPrinted)
    colours.clear()
  })

function readColour(name: string, alpha: number): string {
  const colour = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  if (alpha === 1 || !/^#[0-9a-f]{6}$/i.test(colour)) return colour
  return (
    colour +
    Math.round(alpha * 255)
      .toString(16)
      .padStart(2, '0')
  )
}

export function createLaneChart(place: HTMLElement, options: LaneChartOptions): LaneChart {
  const { series, lane, width, height, hasTimes } = options
  const wall = wallOf(series.clock)
  let shown: Shown | undefined
  const font = () => `11px ${getComputedStyle(document.body).fontFamily}`
  const axis = { stroke: () => themeColour('soft'), font: font(), ticks: { show: false } }
  const grid = { stroke: () => themeColour('line'), width: 1 }
  const plot = new uPlot(
    {
      width,
      height,
      ms: 1,
      padding: [6, 8, hasTimes ? 0 : 4, 0],
      tzDate: time => uPlot.tzDate(new Date(wall(time)), 'Etc/UTC'),
      legend: { show: false },
      cursor: {
        sync: { key: options.syncKey, setSeries: false, scales: ['x', null] },
        drag: { x: true, y: false, setScale: false },
        y: false,
        points: { show: false },
      },
      scales: {
        x: { time: series.kind === 'utc', range: () => [shown?.from ?? 0, shown?.to ?? 1] },
        y: { range: () => yRange(lane, shown) },
      },
      axes: [
        {
          ...axis,
          grid,
          size: hasTimes ? 34 : 0,
          values: (_, ticks, __, ___, step) =>
            hasTimes ? tickTexts(ticks, step, series.kind, wall) : ticks.map(() => ''),
        },
        {
          ...axis,
          grid,
          size: AXIS_WIDTH,
          gap: 4,
          ...(lane.logarithmic && {
            splits: (_: uPlot, __: number, min: number, max: number) =>
              logTicks(min, max, Math.floor(height / LEAST_SPACE)),
          }),
          // Two ticks at least, also of the lowest lanes: one gives no scale.
          space: LEAST_SPACE,
          values: (_, ticks) => ticks.map(value => numberText(lane.logarithmic ? 10 ** value : value)),
        },
      ],
      series: [{}, ...linesOf(lane)],
      bands: lane.expected ? [{ series: [2, 3], fill: () => themeColour('ok', 0.16) }] : [],
      hooks: {
        drawClear: [u => drawEvents(u, series.events, lane)],
        draw: [u => drawLimit(u, lane, options.isOverview ? undefined : font())],
        setSelect: [
          u => {
            if (u.select.width > 3) {
              options.onSelect(
                u.posToVal(u.select.left, 'x'),
                u.posToVal(u.select.left + u.select.width, 'x'),
              )
            }
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          },
        ],
        setCursor: [
          u =>
            options.onCursor(
              (u.cursor.left ?? -1) >= 0 ? u.posToVal(u.cursor.left as number, 'x') : Number.NaN,
            ),
        ],
      },
    },
    [[], ...linesOf(lane).map(() => [])],
    place,
  )
  return {
    show(next) {
      shown = next
      plot.batch(() => {
        plot.setData(dataOf(lane, next) as uPlot.AlignedData, false)
        plot.setScale('x', { min: next.from, max: next.to })
      })
    },
    resize: size => plot.setSize({ width: size, height }),
    redraw: () => plot.redraw(true, true),
    destroy: () => plot.destroy(),
  }
}

/** The readings; with an expectation also the edges of its band, and itself. */
function linesOf(lane: Lane): uPlot.Series[] {
  const points = { show: (u: uPlot) => u.data[0].length < 2 * Math.max(2, u.width / 16), size: 4 }
  const readings = { stroke: () => themeColour('curve'), width: 1, points }
  if (lane.expected === undefined) return [readings]
  const hidden = { points: { show: false } }
  const expected = { ...hidden, stroke: () => themeColour('ok'), width: 1, dash: [4, 3] }
  return [readings, hidden, hidden, expected]
}

/** Lines through the lowest and the highest value of each group: two points per group, in turn up and down. */
function dataOf(lane: Lane, { view, times }: Shown): (number | null)[][] {
  const { level, first, last } = view
  const { low, high } = lane.levels[Math.min(level, lane.levels.length - 1)]
  const isExact = low === high
  const value = (x: number, shift = 0) => (Number.isNaN(x) ? null : x + shift)
  const line = (lower: Float32Array, upper: Float32Array, downShift = 0, upShift = 0) => {
    const points: (number | null)[] = []
    for (let i = first; i < last; i++) {
      if (isExact) points.push(value(upper[i], upShift))
      else if (i % 2 === 0) points.push(value(lower[i], downShift), value(upper[i], upShift))
      else points.push(value(upper[i], upShift), value(lower[i], downShift))
    }
    return points
  }
  const x: number[] = []
  for (let i = 0; i < last - first; i++) {
    x.push(times[i])
    // The second point in the middle of the group: a slope instead of a step.
    if (!isExact) x.push((times[i] + (times[i + 1] ?? times[i])) / 2)
  }
  if (lane.expected === undefined) return [x, line(low, high)]
  const wanted = lane.expected[Math.min(level, lane.expected.length - 1)]
  const half = lane.halfBand ?? 0
  const edge = (values: Float32Array, shift: number) =>
    line(values, values, shift, shift).map(at => (at === null ? null : possible(lane, at)))
  return [
    x,
    line(low, high),
    edge(wanted.high, half),
    edge(wanted.low, -half),
    // Of large groups the band says it all, and a dashed line is slow to draw.
    level > 1 ? x.map(() => null) : line(wanted.low, wanted.high),
  ]
}

/** From the lowest to the highest of what is shown, with the limit, and some space. */
function yRange(lane: Lane, shown: Shown | undefined): [number, number] {
  if (shown === undefined) return [0, 1]
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const { level, first, last } = shown.view
  const include = (levels: readonly Envelope[], shift: number, held = (value: number) => value) => {
    const { low, high } = levels[Math.min(level, levels.length - 1)]
    for (let i = first; i < last; i++) {
      const [lower, upper] = [held(low[i] - shift), held(high[i] + shift)]
      if (lower < least) least = lower
      if (upper > most) most = upper
    }
  }
  include(lane.levels, 0)
  if (lane.expected) include(lane.expected, lane.halfBand ?? 0, value => possible(lane, value))
  if (lane.limit) [least, most] = [Math.min(least, lane.limit.value), Math.max(most, lane.limit.value)]
  if (!Number.isFinite(most - least)) return [0, 1]
  const pad = 0.08 * (most - least) || 0.05 * Math.abs(most) || 1
  return [least - pad, most + pad]
}

/** Shaded intervals behind the lines, at least 2 pixels wide, with a bar on top; stronger in the lanes that explain the event. */
function drawEvents(u: uPlot, events: readonly EventMark[], lane: Lane): void {
  const { ctx, bbox } = u
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const { from, to, lanes } of events) {
    const left = u.valToPos(from, 'x', true)
    const width = Math.max(2 * devicePixelRatio, u.valToPos(to, 'x', true) - left)
    if (left > bbox.left + bbox.width || left + width < bbox.left) continue
    ctx.fillStyle = themeColour('error', lanes.includes(lane.name) ? 0.22 : 0.09)
    ctx.fillRect(left, bbox.top, width, bbox.height)
    ctx.fillStyle = themeColour('error', lanes.includes(lane.name) ? 1 : 0.35)
    ctx.fillRect(left, bbox.top, width, 2 * devicePixelRatio)
  }
  ctx.restore()
}

/** The limit as a dashed line, with its name where there is a font. */
function drawLimit(u: uPlot, { limit }: Lane, font: string | undefined): void {
  if (limit === undefined) return
  const { ctx, bbox } = u
  const y = Math.round(u.valToPos(limit.value, 'y', true))
  if (y < bbox.top || y > bbox.top + bbox.height) return
  ctx.save()
  ctx.strokeStyle = themeColour('error')
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  if (font !== undefined) nameLimit(u, limit.label, y, font)
  ctx.restore()
}

/** At the right above the line, on the colour of the page. */
function nameLimit({ ctx, bbox }: uPlot, label: string, y: number, font: string): void {
  ctx.font = font.replace('11px', `${11 * devicePixelRatio}px`)
  ctx.textAlign = 'right'
  ctx.textBaseline = 'bottom'
  const width = ctx.measureText(label).width + 8 * devicePixelRatio
  const height = 14 * devicePixelRatio
  ctx.fillStyle = themeColour('card', 0.85)
  ctx.fillRect(bbox.left + bbox.width - width, y - height - devicePixelRatio, width, height)
  ctx.fillStyle = themeColour('error')
  ctx.fillText(label, bbox.left + bbox.width - 4 * devicePixelRatio, y - 2 * devicePixelRatio)
}
