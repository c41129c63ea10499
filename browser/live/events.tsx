import { useEffect, useState } from 'preact/hooks'
import type { Event, Page, Problem } from '../../src/serve/contract/index.js'
import { ApiError, get, path } from './api.js'
import { laneClass } from './lanes.js'
import { Choice, Empty, Loaded, ProblemBox, VerdictTag } from './parts.js'
import { useResource } from './resource.js'
import { linkTo, setQuery, useRoute } from './route.js'
import { deviceName, scoreText, spanText, timeText } from './text.js'

const VERDICTS = [
  ['all', 'All'],
  ['none', 'No verdict'],
  ['confirmed', 'Confirmed'],
  ['false-alarm', 'False alarm'],
  ['expected', 'Expected'],
] as const

/** All events, newest first. */
export function Events() {
  const { query } = useRoute()
  const verdict = query.get('verdict') ?? 'all'
  const state = query.get('state') ?? 'all'
  const wanted = new URLSearchParams({ limit: '100' })
  if (verdict !== 'all') wanted.set('verdict', verdict)
  if (state !== 'all') wanted.set('state', state)
  const address = path.events(wanted.toString())
  const first = useResource<Page<Event>>(address)
  return (
    <section class="panel" aria-labelledby="title">
      <div class="head">
        <h1 id="title" tabIndex={-1}>
          Events
        </h1>
        <p class="sub">Newest first. Times are UTC.</p>
        <div class="tools">
          <Choice
            label="State"
            name="state"
            options={[
              ['all', 'All'],
              ['open', 'Open'],
              ['closed', 'Closed'],
            ]}
            value={state}
            onChange={value => setQuery({ state: value === 'all' ? undefined : value })}
          />
          <Choice
            label="Verdict"
            name="verdict"
            options={VERDICTS}
            value={verdict as 'all'}
            onChange={value => setQuery({ verdict: value === 'all' ? undefined : value })}
          />
        </div>
      </div>
      <Loaded resource={first} rows={12}>
        {page => <EventPages key={address} first={page} address={address} />}
      </Loaded>
    </section>
  )
}

function EventPages({ first, address }: { first: Page<Event>; address: string }) {
  const [more, setMore] = useState<readonly Page<Event>[]>([])
  const [problem, setProblem] = useState<Problem>()
  useEffect(() => setMore([]), [first])
  const pages = [first, ...more]
  const { nextCursor } = pages[pages.length - 1]
  const events = pages.flatMap(({ items }) => items)
  const load = () =>
    get<Page<Event>>(`${address}&cursor=${encodeURIComponent(nextCursor ?? '')}`)
      .then(page => setMore(before => [...before, page]))
      .catch(error => {
        if (!(error instanceof ApiError)) throw error
        setProblem(error.problem)
      })
  if (events.length === 0)
    return (
      <Empty title="No events">Events appear when the score of a device rises above its threshold.</Empty>
    )
  return (
    <>
      <EventTable events={events} hasDevice />
      {problem && <ProblemBox problem={problem} />}
      {nextCursor !== null && (
        <p class="foot">
          <button type="button" onClick={load}>
            Show more
          </button>
        </p>
      )}
    </>
  )
}

/** Events as rows: when, where, how severe, what it was. */
export function EventTable({ events, hasDevice }: { events: readonly Event[]; hasDevice: boolean }) {
  return (
    <ol class="event-list">
      {events.map(event => (
        <li key={event.id}>
          <a href={linkTo(['events', event.id])}>
            <span class="event-when">
              <i class={`mark-${markOf(event)}`} aria-hidden="true" />
              <time>{timeText(event.startMs)}</time>
              <small>{event.state === 'open' ? 'open' : spanText(event.endMs - event.startMs)}</small>
            </span>
            <span class="event-what">
              {hasDevice && <b>{deviceName(event.device)}</b>}
              <span>{event.sentence ?? `Led by ${leaders(event)}`}</span>
            </span>
            <span class="event-tags">
              <VerdictTag event={{ matches: event.matches, verdict: event.feedback?.verdict }} />
            </span>
            <span class="number">
              <span class="unseen">peak score </span>
              {scoreText(event.score)}
            </span>
          </a>
        </li>
      ))}
    </ol>
  )
}

const markOf = ({ severity, feedback, matches }: Event) =>
  laneClass({ severity, matches, verdict: feedback?.verdict ?? null })

const leaders = ({ channels }: Event) =>
  channels
    .slice(0, 2)
    .map(({ name }) => name)
    .join(' and ')
