import { useMemo, useRef, useState } from 'preact/hooks'
import type { DeviceDetail, Event, LiveCoverage, LiveEvent, Series } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Charts, type ChartsHandle } from './charts.js'
import { appendSample, columnsOf } from './columns.js'
import { DriftPanel } from './drift.js'
import { EventTable } from './events.js'
import { type LiveHandlers, useLive } from './live.js'
import { Choice, Empty, Facts, Loaded, StatusMark } from './parts.js'
import { useResource } from './resource.js'
import { linkTo, setQuery, useRoute } from './route.js'
import { numberText, plural, scoreText, spanText, timeText } from './text.js'

const MINUTE_MS = 60_000
const SPANS = [
  ['2', '2 min'],
  ['15', '15 min'],
  ['120', '2 h'],
  ['1440', '24 h'],
  ['10080', '7 d'],
] as const
const POINTS = 700

export function DevicePage({ id }: { id: string }) {
  const device = useResource<DeviceDetail>(path.device(id))
  return <Loaded resource={device}>{data => <Device device={data} reload={device.reload} />}</Loaded>
}

function Device({ device, reload }: { device: DeviceDetail; reload: () => void }) {
  const { query } = useRoute()
  const minutes = query.get('span') ?? '120'
  const [from, to] = [query.get('from'), query.get('to')]
  const isFixed = from !== null && to !== null
  const endMs = device.lastMs ?? 0
  const wanted = isFixed ? [from, to] : [endMs - Number(minutes) * MINUTE_MS, endMs]
  const series = useResource<Series>(
    device.lastMs === null
      ? undefined
      : path.series(device.id, `points=${POINTS}&from=${wanted[0]}&to=${wanted[1]}`),
  )
  return (
    <>
      <section class="panel" aria-labelledby="title">
        <DeviceHead device={device} />
        <div class="tools tools-line">
          <Choice
            label="Range of time"
            name="span"
            options={SPANS}
            value={isFixed ? ('' as '2') : (minutes as '2')}
            onChange={span => setQuery({ span, from: undefined, to: undefined })}
          />
          {isFixed && (
            <button type="button" class="small" onClick={() => setQuery({ from: undefined, to: undefined })}>
              Back to live
            </button>
          )}
          <span class="dim hint">Drag in a chart to zoom. Times are UTC.</span>
        </div>
        {device.unscored && (
          <p class="notice notice-warn" role="status">
            Nothing of this device is scored: {device.unscored.detail}.
          </p>
        )}
        {device.lastMs === null ? (
          <Empty title="No samples yet">The charts appear with the first message of this device.</Empty>
        ) : (
          <Loaded resource={series} rows={9}>
            {data => (
              <LiveCharts key={device.id} device={device} series={data} isLive={!isFixed} reload={reload} />
            )}
          </Loaded>
        )}
      </section>
      <DriftPanel device={device} />
    </>
  )
}

function DeviceHead({ device }: { device: DeviceDetail }) {
  const [name, version] = device.model.split('@')
  return (
    <div class="head">
      <p class="crumbs">
        <a href={linkTo([])}>Overview</a> / {device.stream}
      </p>
      <h1 id="title" tabIndex={-1}>
        {device.name || device.stream} <StatusMark status={device.status} />
      </h1>
      <Facts
        items={[
          ['Score', <span class={(device.score ?? 0) >= 1 ? 'is-over' : ''}>{scoreText(device.score)}</span>],
          ['Model', <a href={linkTo(['models', name], { version })}>{device.model}</a>],
          ['Last sample', timeText(device.lastMs)],
          ['Sample every', spanText(device.cadenceMs)],
          ['Samples', numberText(device.samples)],
          ['Window', plural(device.window, 'sample')],
        ]}
      />
    </div>
  )
}

/** The charts of a series, which grow with what the server sends. */
function LiveCharts({
  device,
  series,
  isLive,
  reload,
}: {
  device: DeviceDetail
  series: Series
  isLive: boolean
  reload: () => void
}) {
  const columns = useMemo(() => columnsOf(series), [series])
  const charts = useRef<ChartsHandle | undefined>(undefined)
  const [changes, setChanges] = useState<readonly LiveEvent[]>([])
  const [lost, setLost] = useState<readonly LiveCoverage[]>([])
  const handlers: LiveHandlers = {
    sample(sample) {
      if (!isLive) return
      appendSample(columns, sample)
      charts.current?.changed()
    },
    event: change =>
      setChanges(before => [...before.filter(one => one.event.id !== change.event.id), change]),
    coverage: now =>
      setLost(before => [...before.filter(one => one.channel !== now.channel), ...(now.isLost ? [now] : [])]),
    drift: reload,
    reconnect: reload,
  }
  useLive(handlers, device.id)
  const events = useMemo(() => withChanges(series.events, changes), [series, changes])
  const range = isLive ? undefined : ([series.fromMs, series.toMs] as const)
  return (
    <>
      {lost.map(({ channel, sinceMs }) => (
        <p key={channel} class="notice notice-warn" role="status">
          {channel === null ? 'The device sends no samples' : `${channel} sends no readings`} since{' '}
          {timeText(sinceMs)}.
        </p>
      ))}
      {series.timeMs.length === 0 ? (
        <Empty title="No samples in this range">Choose a longer range.</Empty>
      ) : (
        <Charts
          {...{ columns, events, range, handle: charts }}
          onSelect={(from, to) => setQuery({ from: Math.round(from), to: Math.round(to) })}
        />
      )}
      <h2>
        {events.length === 0 ? 'No events in this range' : `${plural(events.length, 'event')} in this range`}
      </h2>
      {events.length > 0 && <EventTable events={events} hasDevice={false} />}
    </>
  )
}

function withChanges(events: readonly Event[], changes: readonly LiveEvent[]): Event[] {
  const newest = new Map(events.map(event => [event.id, event]))
  for (const { event } of changes) newest.set(event.id, event)
  return [...newest.values()].sort((a, b) => b.startMs - a.startMs)
}
