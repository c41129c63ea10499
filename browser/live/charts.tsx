import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Event } from '../../src/serve/contract/index.js'
import { onColours } from './colours.js'
import type { Columns } from './columns.js'
import { createPacer } from './live.js'
import { createPlot, type Plot } from './plot.js'
import { numberText, percentText, scoreText, timeText } from './text.js'

/** Eight drawings a second look live; long ranges, where an interval takes seconds to change, are drawn once a second. */
const DRAWN_EVERY_MS = [125, 1000] as const
const SCORE_HEIGHT = 148
const CHANNEL_HEIGHT = 96
const TIMES_HEIGHT = 30
/** Charts this near to the screen are drawn already. */
const AHEAD = '300px'

let groups = 0

export interface ChartsHandle {
  /** The columns have grown. */
  changed(): void
}

interface Props {
  readonly columns: Columns
  readonly events: readonly Event[]
  /** Range of time; without one the charts follow the newest sample. */
  readonly range?: readonly [fromMs: number, toMs: number]
  /** Channels in this order; all of them without. */
  readonly channels?: readonly number[]
  readonly handle?: { current: ChartsHandle | undefined }
  readonly onSelect?: (fromMs: number, toMs: number) => void
}

/** The score and the channels of a device, one below the other, with one cursor. */
export function Charts({ columns, events, range, channels, handle, onSelect }: Props) {
  const root = useRef<HTMLDivElement>(null)
  const newest = useRef({ events, range, onSelect })
  newest.current = { events, range, onSelect }
  const shown = useMemo(
    () => ['score' as const, ...(channels ?? columns.channels.map((_, c) => c))],
    [columns, channels],
  )
  const draw = useRef<() => void>(() => {})
  useEffect(() => {
    const group = createGroup(root.current!, columns, shown, () => newest.current)
    draw.current = group.ask
    if (handle) handle.current = { changed: group.ask }
    return group.destroy
  }, [columns, shown, handle])
  useEffect(() => draw.current(), [events, range?.[0], range?.[1]])
  return (
    <div class="charts" ref={root}>
      {shown.map(channel => (
        <ChartRow key={channel} columns={columns} channel={channel} />
      ))}
    </div>
  )
}

function ChartRow({ columns, channel }: { columns: Columns; channel: number | 'score' }) {
  const { name, unit } = channel === 'score' ? { name: 'Score', unit: null } : columns.channels[channel]
  return (
    <figure class={`chart ${channel === 'score' ? 'chart-score' : ''}`}>
      <figcaption>
        <b>{name}</b>
        {unit && <small>{unit}</small>}
        {channel === 'score' && <small>1.0 = threshold · green: samples with a score</small>}
        <output aria-live="off" />
      </figcaption>
      <div class="plot" role="img" aria-label={describe(columns, channel)} />
    </figure>
  )
}

function describe({ score, channels }: Columns, channel: number | 'score'): string {
  if (channel === 'score') {
    const known = score.filter(value => value !== null)
    return `Score, newest ${scoreText(known[known.length - 1])}, highest ${scoreText(known.length ? Math.max(...known) : null)}, threshold 1.0`
  }
  const { name, unit, min, max, low, high } = channels[channel]
  const known = (values: readonly (number | null)[]) => values.filter(value => value !== null)
  const lowest = known(min).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const highest = known(max).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const at = min.length - 1
  return `${name}: ${numberText(lowest)} to ${numberText(highest)}${unit ? ` ${unit}` : ''}; newest ${numberText(max[at])}, expected ${numberText(low[at])} to ${numberText(high[at])}`
}

type Current = Pick<Props, 'events' | 'range' | 'onSelect'>

/** The charts of a root: only those that are on the screen are drawn. */
function createGroup(
  root: HTMLElement,
  columns: Columns,
  shown: readonly (number | 'score')[],
  current: () => Current,
) {
  const syncKey = `charts-${++groups}`
  const places = [...root.querySelectorAll<HTMLElement>('.plot')]
  const outputs = [...root.querySelectorAll('output')]
  const plots: (Plot | undefined)[] = places.map(() => undefined)
  const visible = new Set<Element>()
  let cursor: number | null = null
  const read = () => {
    for (const [k, channel] of shown.entries())
      if (visible.has(places[k])) outputs[k].textContent = readingText(columns, channel, cursor)
  }
  function make(k: number): Plot {
    const hasTimes = k === 0 || k === places.length - 1
    const height = (k === 0 ? SCORE_HEIGHT : CHANNEL_HEIGHT) + (hasTimes ? TIMES_HEIGHT : 0)
    return createPlot(places[k], {
      columns,
      channel: shown[k],
      height,
      hasTimes,
      syncKey,
      events: () => current().events,
      onCursor: index => {
        if (index === cursor) return
        cursor = index
        read()
      },
      onSelect: current().onSelect && ((from, to) => current().onSelect?.(from, to)),
    })
  }
  const pacer = createPacer(
    () => {
      const endMs = (columns.timeMs[columns.timeMs.length - 1] ?? 0) + columns.stepMs
      const [from, to] = current().range ?? [endMs - columns.spanMs, endMs]
      places.forEach((place, k) => {
        if (!visible.has(place)) return
        plots[k] ??= make(k)
        plots[k].show(from, to)
      })
      read()
    },
    Math.min(DRAWN_EVERY_MS[1], Math.max(DRAWN_EVERY_MS[0], columns.stepMs / 4)),
  )
  const watcher = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) visible.add(target)
        else visible.delete(target)
      pacer.ask()
    },
    { rootMargin: AHEAD },
  )
  const sizes = new ResizeObserver(() => {
    for (const [k, plot] of plots.entries()) plot?.resize(places[k].clientWidth)
  })
  for (const place of places) watcher.observe(place)
  sizes.observe(root)
  const stopColours = onColours(() => {
    for (const plot of plots) plot?.redraw()
  })
  return {
    ask: pacer.ask,
    destroy() {
      pacer.stop()
      watcher.disconnect()
      sizes.disconnect()
      stopColours()
      for (const plot of plots) plot?.destroy()
    },
  }
}

/** What is read at the cursor, or of the newest interval. */
function readingText(columns: Columns, channel: number | 'score', cursor: number | null): string {
  const i = cursor ?? columns.timeMs.length - 1
  if (i < 0) return ''
  const when = cursor === null ? '' : `${timeText(columns.timeMs[i])} · `
  if (channel === 'score')
    return `${when}${scoreText(columns.score[i])} · coverage ${percentText(columns.coverage[i])}`
  const { min, max, low, high } = columns.channels[channel]
  const reading = min[i] === max[i] ? numberText(max[i]) : `${numberText(min[i])} to ${numberText(max[i])}`
  return low[i] === null ? reading : `${reading} · expected ${numberText(low[i])} to ${numberText(high[i])}`
}
