import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Overview as Data, Device, Lane, LiveEvent, LiveStatus } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { LaneRow, type Tip, TipBox } from './lane.js'
import { labelAt, ticksOf, withLive } from './lanes.js'
import { createPacer, useLive } from './live.js'
import { Choice, Empty, Loaded, STATUS_TEXT } from './parts.js'
import { useResource } from './resource.js'
import { setQuery, useRoute } from './route.js'
import { clockText, dayText, plural } from './text.js'

const DAY_MS = 86_400_000
const RANGES = [
  ['1', '24 h'],
  ['7', '7 d'],
  ['30', '30 d'],
] as const
const SHOWN_EVERY_MS = 1000

/** All devices as swim lanes, worst first. */
export function Overview() {
  const { query } = useRoute()
  const days = query.get('days') ?? '7'
  const week = useResource<Data>(path.overview('limit=2000'))
  const fromMs = week.data && week.data.toMs - Number(days) * DAY_MS
  const other = useResource<Data>(
    days === '7' || !fromMs ? undefined : path.overview(`limit=2000&from=${Math.round(fromMs)}`),
  )
  const loaded = days === '7' ? week : week.data === undefined ? week : other
  return <Loaded resource={loaded}>{data => <LiveOverview loaded={data} reload={loaded.reload} />}</Loaded>
}

/** Adds what the server sends to what was loaded, once a second. */
function LiveOverview({ loaded, reload }: { loaded: Data; reload: () => void }) {
  const [shown, setShown] = useState(loaded)
  const news = useRef({ statuses: new Map<string, LiveStatus>(), changes: [] as LiveEvent[] })
  const pacer = useMemo(
    () =>
      createPacer(() => {
        const { statuses, changes } = news.current
        news.current = { statuses: new Map(), changes: [] }
        setShown(before => withLive(before, statuses, changes))
      }, SHOWN_EVERY_MS),
    [],
  )
  useEffect(() => setShown(loaded), [loaded])
  useEffect(() => pacer.stop, [pacer])
  useLive({
    status(status) {
      news.current.statuses.set(status.device, status)
      pacer.ask()
    },
    event(change) {
      news.current.changes.push(change)
      pacer.ask()
    },
    drift: reload,
    reconnect: reload,
  })
  return <Lanes overview={shown} />
}

const STATUSES = ['all', 'alarm', 'watch', 'unscored', 'silent', 'ok'] as const

function Lanes({ overview }: { overview: Data }) {
  const { query } = useRoute()
  const [text, status] = [query.get('q') ?? '', query.get('status') ?? 'all']
  const { devices, totals, more } = overview
  const shown = devices.filter(
    lane =>
      (status === 'all' || lane.status === status) && lane.id.toLowerCase().includes(text.toLowerCase()),
  )
  const count = (wanted: Device['status']) => devices.filter(lane => lane.status === wanted).length
  return (
    <section class="panel" aria-labelledby="title">
      <div class="head">
        <h1 id="title" tabIndex={-1}>
          {totals.alarm === 0 ? 'No device in alarm' : `${plural(totals.alarm, 'device')} in alarm`}
        </h1>
        <p class="sub">
          {plural(totals.devices, 'device')} · {plural(totals.events, 'event')}
          {totals.unscored > 0 && ` · ${totals.unscored} without a score`}
          {totals.silent > 0 && ` · ${totals.silent} silent`}
        </p>
        <div class="tools">
          <input
            type="search"
            placeholder="Filter devices"
            aria-label="Filter devices by name"
            value={text}
            onInput={event => setQuery({ q: event.currentTarget.value })}
          />
          <Choice
            label="Status"
            name="status"
            value={status}
            options={STATUSES.map(one => [
              one,
              one === 'all' ? 'All' : STATUS_TEXT[one],
              one === 'all' ? devices.length : count(one),
            ])}
            onChange={value => setQuery({ status: value === 'all' ? undefined : value })}
          />
          <Choice
            label="Range of time"
            name="days"
            value={query.get('days') ?? '7'}
            options={RANGES}
            onChange={value => setQuery({ days: value === '7' ? undefined : value })}
          />
        </div>
      </div>
      {devices.length === 0 ? (
        <Empty title="No devices yet">
          Start a stream, such as <code>telltale stream</code>, or push messages to{' '}
          <code>/api/v1/streams</code>. Devices appear with their first message.
        </Empty>
      ) : (
        <LaneList overview={overview} lanes={shown} />
      )}
      {more > 0 && <p class="foot">{plural(more, 'device')} with less severe events are not shown.</p>}
    </section>
  )
}

function LaneList({ overview, lanes }: { overview: Data; lanes: readonly Lane[] }) {
  const { fromMs, toMs } = overview
  const axis = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [tip, setTip] = useState<Tip>()
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)))
    watcher.observe(axis.current!)
    return () => watcher.disconnect()
  }, [])
  const ticks = useMemo(
    () => ticksOf(fromMs, toMs, Math.max(2, Math.floor(width / 90))),
    [fromMs, toMs, width],
  )
  return (
    <div class="lanes">
      <div class="lanes-head" aria-hidden="true">
        <span>Device</span>
        <div class="axis" ref={axis}>
          {ticks.map(tick => (
            <Tick key={tick} at={labelAt((tick - fromMs) / (toMs - fromMs), width)}>
              {tick % DAY_MS === 0 ? dayText(tick) : clockText(tick, false)}
            </Tick>
          ))}
        </div>
        <span class="number">Events</span>
        <span class="number">Score</span>
        <span class="number coverage-cell">Coverage</span>
      </div>
      {lanes.length === 0 && <Empty title="No device matches the filter" />}
      <ol>
        {width > 0 &&
          lanes.map(lane => (
            <LaneRow key={lane.id} {...{ lane, fromMs, toMs, width, ticks, onTip: setTip }} />
          ))}
      </ol>
      <LaneKey />
      {tip && <TipBox tip={tip} />}
    </div>
  )
}

const Tick = ({ at, children }: { at: number; children: ComponentChildren }) => (
  <span style={{ left: `${at}px` }}>{children}</span>
)

const LANE_MARKS = [
  ['high', 'severity from 70'],
  ['mid', 'from 40'],
  ['low', 'below 40'],
  ['quiet', 'expected or false alarm'],
] as const

const LaneKey = () => (
  <p class="foot lane-key" aria-hidden="true">
    {LANE_MARKS.map(([mark, text]) => (
      <span key={mark}>
        <i class={`mark-${mark}`} /> {text}
      </span>
    ))}
    <span class="grow" /> Times are UTC. Score 1.0 is the threshold.
  </p>
)
