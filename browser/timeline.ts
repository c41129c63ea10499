import { createLaneChart, type LaneChart, type Shown } from './lane-chart.js'
import { upperBound, viewOf } from './pyramid.js'
import { type Lane, possible, type Series } from './series.js'
import { instantText, numberText, wallOf } from './text.js'

/** A chart of lanes with one time axis: zoom, hover and keyboard act on all of them. */
export interface Timeline {
  /** Shows a range of time, cut to that of the series. */
  zoom(from: number, to: number): void
  /** The range that is shown. */
  range(): readonly [from: number, to: number]
  /** Replaces the series: a live page calls it when samples arrive. A zoom that shows the whole series follows its end. */
  update(series: Series): void
}

const FIRST_HEIGHT = 168
const LANE_HEIGHT = 92
const OVERVIEW_HEIGHT = 46
/** Groups per pixel of width: more are not seen. While the range moves fewer, so that each frame is drawn in time; groups of any size hold every peak. */
const GROUPS_PER_PIXEL = { still: 0.5, moving: 0.15 }
/** Time without a movement after which it is drawn in full. */
const STILL_MS = 150
const FEWEST_SAMPLES = 8

let timelines = 0

interface Row {
  readonly lane: Lane
  readonly element: HTMLElement
  readonly plot: HTMLElement
  readonly readout: HTMLElement
  chart?: LaneChart
  isVisible: boolean
}

/**
 * Draws a series into an element. The first lane is larger, and drawn a second time as the overview of the whole series. Lanes are drawn when they
 * come into view.
 *
 * Keys: left and right move, + and - zoom, 0 shows all, shift with left and right reads sample by sample.
 */
export function createTimeline(root: HTMLElement, series: Series): Timeline {
  const syncKey = `timeline-${++timelines}`
  let current = series
  let [from, to] = bounds(series)
  let cursor = Number.NaN
  let frame = 0
  let stillTimer: ReturnType<typeof setTimeout> | undefined
  /** Where the overview draws, as long as its size stays. */
  let overviewArea: Area | undefined
  root.replaceChildren()
  root.classList.add('timeline')
  const bar = element(root, 'div', 'timeline-bar')
  const rangeText = element(bar, 'span', 'timeline-range')
  const cursorText = element(bar, 'output', 'timeline-cursor')
  const buttons = element(bar, 'span', 'timeline-buttons')
  const overview = element(root, 'div', 'timeline-overview')
  const lanes = element(root, 'div', 'timeline-lanes')
  const spoken = element(root, 'p', 'unseen')
  spoken.setAttribute('aria-live', 'polite')
  lanes.tabIndex = 0
  lanes.setAttribute('role', 'group')
  lanes.setAttribute(
    'aria-label',
    'Timeline. Left and right arrow move, plus and minus zoom, 0 shows all, shift with an arrow reads sample by sample.',
  )
  for (const [label, title, act] of [
    ['−', 'Zoom out', () => scale(2)],
    ['+', 'Zoom in', () => scale(0.5)],
    ['◀', 'Earlier', () => move(-0.5)],
    ['▶', 'Later', () => move(0.5)],
    ['All', 'Show all', () => zoom(...bounds(current))],
  ] as const) {
    const button = element(buttons, 'button', '') as HTMLButtonElement
    button.type = 'button'
    button.textContent = label
    button.title = title
    button.setAttribute('aria-label', title)
    button.addEventListener('click', act)
  }

  let rows: Row[] = []
  let small: LaneChart | undefined
  const watcher = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        const row = rows.find(({ element }) => element === target)
        if (row) row.isVisible = isIntersecting
      }
      draw()
    },
    { rootMargin: '50px' },
  )

  function build(): void {
    for (const { chart } of rows) chart?.destroy()
    small?.destroy()
    small = undefined
    overviewArea = undefined
    watcher.disconnect()
    lanes.replaceChildren()
    overview.replaceChildren()
    rows = current.lanes.map(lane => {
      const row = element(lanes, 'div', 'lane')
      const head = element(row, 'div', 'lane-head')
      // A long name breaks between its words.
      const words = lane.label.split(/(?<=_)/).flatMap(word => [word, document.createElement('wbr')])
      element(head, 'b', 'lane-name').append(...words)
      if (lane.unit) element(head, 'span', 'lane-unit').textContent = lane.unit
      const readout = element(head, 'span', 'lane-readout')
      const plot = element(row, 'div', 'lane-plot')
      plot.setAttribute('role', 'img')
      plot.setAttribute('aria-label', lane.label)
      watcher.observe(row)
      return { lane, element: row, plot, readout, isVisible: false }
    })
  }

  function shownFor(first: number, last: number, width: number): Shown {
    const density = stillTimer === undefined ? GROUPS_PER_PIXEL.still : GROUPS_PER_PIXEL.moving
    const view = viewOf(current.times, first, last, width * density)
    const size = 2 ** view.level
    const times = Array.from(
      { length: view.last - view.first },
      (_, i) => current.times[(view.first + i) * size],
    )
    return { from: first, to: last, view, times }
  }

  function paint(): void {
    frame = 0
    const width = rows[0]?.plot.clientWidth ?? 0
    if (width === 0) return
    const shown = shownFor(from, to, width)
    rows.forEach((row, k) => {
      if (!row.isVisible) return
      if (row.chart === undefined) row.plot.setAttribute('aria-label', describe(row.lane, current))
      row.chart ??= createLaneChart(row.plot, {
        series: current,
        lane: row.lane,
        width,
        height: k === 0 ? FIRST_HEIGHT : LANE_HEIGHT,
        syncKey,
        hasTimes: k === 0 || k === rows.length - 1,
        onSelect: zoom,
        onCursor,
      })
      row.chart.show(shown)
    })
    paintOverview(width)
    const { kind, clock } = current
    const [first, last] = [from, to].map(time => instantText(time, kind, wallOf(clock)))
    rangeText.textContent = `${first} – ${last}${clock ? ` (${clock.zone})` : ''}`
    readAt(cursor)
  }

  function paintOverview(width: number): void {
    const [first, last] = bounds(current)
    if (small === undefined && current.lanes.length > 0) {
      const options = {
        series: current,
        lane: current.lanes[0],
        height: OVERVIEW_HEIGHT,
        hasTimes: false,
        isOverview: true,
      }
      small = createLaneChart(overview, {
        ...options,
        width: overview.clientWidth || width,
        syncKey: `${syncKey}-overview`,
        onSelect: zoom,
        onCursor: () => {},
      })
      small.show(shownFor(first, last, width))
      element(overview, 'div', 'timeline-window')
    }
    const mark = overview.querySelector<HTMLElement>('.timeline-window')
    const over = overview.querySelector<HTMLElement>('.u-over')
    if (!mark || !over) return
    overviewArea ??= areaOf(over)
    const { left, top, width: wide, height } = overviewArea
    const part = (time: number) => (last > first ? (time - first) / (last - first) : 0)
    mark.style.left = `${left + part(from) * wide}px`
    mark.style.width = `${Math.max(2, (part(to) - part(from)) * wide)}px`
    mark.style.top = `${top}px`
    mark.style.height = `${height}px`
  }

  function draw(): void {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }

  function zoom(first: number, last: number): void {
    clearTimeout(stillTimer)
    stillTimer = setTimeout(() => {
      stillTimer = undefined
      draw()
    }, STILL_MS)
    show(first, last)
  }

  function show(first: number, last: number): void {
    const [begin, end] = bounds(current)
    const least = Math.min(end - begin, FEWEST_SAMPLES * current.step)
    const span = Math.min(end - begin, Math.max(least, last - first))
    const start = Math.max(begin, Math.min(end - span, (first + last - span) / 2))
    from = start
    to = start + span
    draw()
  }

  function scale(factor: number, around = Number.isFinite(cursor) ? cursor : (from + to) / 2): void {
    zoom(around - (around - from) * factor, around + (to - around) * factor)
  }

  function move(share: number): void {
    const [begin, end] = bounds(current)
    const by = Math.max(begin - from, Math.min(end - to, share * (to - from)))
    zoom(from + by, to + by)
  }

  function onCursor(time: number): void {
    if (Object.is(time, cursor)) return
    cursor = time
    readAt(time)
  }

  /** Shows what every visible lane reads at a time. */
  function readAt(time: number): void {
    const at = Number.isFinite(time) ? upperBound(current.times, time) - 1 : -1
    cursorText.textContent = at < 0 ? '' : momentText(current, at)
    for (const { lane, readout, isVisible } of rows)
      if (isVisible) readout.textContent = at < 0 ? '' : readingText(lane, at)
  }

  lanes.addEventListener('keydown', event => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (event.shiftKey ? read(-1) : move(-0.25)),
      ArrowRight: () => (event.shiftKey ? read(1) : move(0.25)),
      '+': () => scale(0.5),
      '=': () => scale(0.5),
      '-': () => scale(2),
      '0': () => zoom(...bounds(current)),
    }
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    step()
  })

  function read(by: number): void {
    const at = Number.isFinite(cursor)
      ? upperBound(current.times, cursor) - 1 + by
      : upperBound(current.times, from)
    const index = Math.max(0, Math.min(current.times.length - 1, at))
    cursor = current.times[index]
    readAt(cursor)
    const read = rows.slice(0, 4).map(({ lane }) => `${lane.label} ${readingText(lane, index)}`)
    spoken.textContent = `${momentText(current, index)}: ${read.join('; ')}`
    if (cursor < from || cursor > to) zoom(cursor - (to - from) / 2, cursor + (to - from) / 2)
  }

  lanes.addEventListener(
    'wheel',
    event => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      scale(2 ** (event.deltaY / 200))
    },
    { passive: false },
  )
  lanes.addEventListener('dblclick', () => zoom(...bounds(current)))
  new ResizeObserver(() => {
    for (const { chart, plot } of rows) chart?.resize(plot.clientWidth)
    small?.resize(overview.clientWidth)
    overviewArea = undefined
    draw()
  }).observe(root)
  const redraw = () => {
    for (const { chart } of rows) chart?.redraw()
    small?.redraw()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  addEventListener('beforeprint', () => {
    for (const row of rows) row.isVisible = true
    paint()
    redraw()
  })
  addEventListener('afterprint', redraw)

  build()
  return {
    zoom,
    range: () => [from, to],
    update(next) {
      const [begin, end] = bounds(current)
      const isWhole = from <= begin && to >= end
      current = next
      build()
      if (isWhole) [from, to] = bounds(next)
      else show(from, to)
      draw()
    },
  }
}

function bounds({ times }: Series): [from: number, to: number] {
  return times.length === 0 ? [0, 1] : [times[0], Math.max(times[times.length - 1], times[0] + 1)]
}

interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Asks for the layout of the page, which is slow. */
function areaOf({ offsetLeft, offsetTop, offsetWidth, offsetHeight }: HTMLElement): Area {
  return { left: offsetLeft, top: offsetTop, width: offsetWidth, height: offsetHeight }
}

function element(parent: HTMLElement, name: string, className: string): HTMLElement {
  const made = document.createElement(name)
  if (className) made.className = className
  parent.append(made)
  return made
}

/** The time of a group, and how many samples it holds. */
function momentText({ times, counts, kind, step, clock }: Series, at: number): string {
  const count = counts?.[at] ?? 1
  return `${instantText(times[at], kind, wallOf(clock), step)}${count > 1 ? ` · lowest and highest of ${count} samples` : ''}`
}

function readingText(lane: Lane, at: number): string {
  const { levels, expected, halfBand = 0, logarithmic } = lane
  const text = (value: number) => numberText(logarithmic ? 10 ** value : value)
  const [{ low, high }] = levels
  const reading = low[at] === high[at] ? text(low[at]) : `${text(low[at])} to ${text(high[at])}`
  const wanted = expected?.[0].low[at] ?? Number.NaN
  const { least, most } = lane
  const isAny =
    least !== undefined && most !== undefined && wanted - halfBand <= least && wanted + halfBand >= most
  if (!Number.isFinite(wanted) || isAny) return reading
  return `${reading}, expected ${text(possible(lane, wanted - halfBand))} to ${text(possible(lane, wanted + halfBand))}`
}

/** A lane in words, for those who do not see it. */
function describe({ label, unit, levels, name, logarithmic }: Lane, { events }: Series): string {
  const { low, high } = levels[levels.length - 1]
  const text = (value: number) => numberText(logarithmic ? 10 ** value : value)
  const explained = events.filter(({ lanes }) => lanes.includes(name)).length
  return `${label}: ${text(low[0])} to ${text(high[0])}${unit ? ` ${unit}` : ''}; explains ${explained} of ${events.length} ${events.length === 1 ? 'event' : 'events'}`
}
