import { useMemo, useState } from 'preact/hooks'
import type { Event, EventExplanation, Series } from '../../src/serve/contract/index.js'
import { path } from './api.js'
import { Charts } from './charts.js'
import { columnsOf } from './columns.js'
import { FeedbackPanel } from './feedback.js'
import { useLive } from './live.js'
import { Facts, Loaded, Table, VerdictTag } from './parts.js'
import { useResource } from './resource.js'
import { linkTo } from './route.js'
import { deviceName, instantOf, numberText, percentText, scoreText, spanText, timeText } from './text.js'

export function EventPage({ id }: { id: string }) {
  const event = useResource<Event>(path.event(id))
  useLive({
    event: change => change.event.id === id && event.put(change.event),
  })
  return <Loaded resource={event}>{data => <EventCard event={data} put={event.put} />}</Loaded>
}

const CAUSES: Record<string, string> = {
  sensor: 'check the sensor',
  machine: 'check the machine',
  operation: 'the way it is operated',
  unclear: 'cause unclear',
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('-', ' ')

function EventCard({ event, put }: { event: Event; put: (event: Event) => void }) {
  const explanation = useResource<EventExplanation>(path.explanation(event.id))
  const why = explanation.data
  return (
    <div class="event-page">
      <section class="panel event-main" aria-labelledby="title">
        <div class="head">
          <p class="crumbs">
            <a href={linkTo([])}>Overview</a> /{' '}
            <a href={linkTo(['devices', event.device])}>{deviceName(event.device)}</a>
          </p>
          <h1 id="title" tabIndex={-1}>
            {capital(why?.kind ?? event.kind ?? 'Anomaly')}
            {why && <small>{CAUSES[why.verdict] ?? why.verdict}</small>}
            <VerdictTag event={{ matches: event.matches, verdict: event.feedback?.verdict }} />
            <button
              type="button"
              class="small jump"
              onClick={() => document.getElementById('feedback')?.focus()}
            >
              Give feedback
            </button>
          </h1>
          <p class="lead">{why?.sentence ?? event.sentence ?? 'The explanation is being made.'}</p>
          <Facts
            items={[
              ['Onset', timeText(event.onsetMs)],
              [
                'Duration',
                event.state === 'open'
                  ? `${spanText(event.endMs - event.startMs)}, open`
                  : spanText(event.endMs - event.startMs),
              ],
              ['Peak score', <span class="is-over">{scoreText(event.score)}</span>],
              ['Severity', `${Math.round(event.severity)} of 100`],
              ['Normal scores this high', event.pValue === null ? '–' : percentText2(event.pValue)],
              ['Model', event.model],
            ]}
          />
        </div>
        {why && <Order explanation={why} />}
        <Picture event={event} explanation={why} />
        {why && <Repair explanation={why} />}
      </section>
      <FeedbackPanel event={event} put={put} />
    </div>
  )
}

const percentText2 = (share: number) => `${numberText(100 * share, 2)} %`

/** Channels in the order in which they left their bands; those that stayed inside come last. */
export function byDeparture(channels: EventExplanation['channels']): EventExplanation['channels'] {
  const at = (left: string | number | null) => (left === null ? Number.POSITIVE_INFINITY : instantOf(left))
  return [...channels].sort((a, b) => (at(a.left) === at(b.left) ? 0 : at(a.left) - at(b.left)))
}

function Order({ explanation }: { explanation: EventExplanation }) {
  const rows = byDeparture(explanation.channels)
  const first = rows.find(({ wasOutside }) => !wasOutside)?.left
  const most = Math.max(...rows.map(({ share }) => share ?? 0), 1e-9)
  return (
    <>
      <h2>Channels in the order in which they left their bands</h2>
      <Table label="Channels of the event" name="order">
        <thead>
          <tr>
            <th>Channel</th>
            <th>Left its band</th>
            <th class="number">Reading</th>
            <th class="number">Expected</th>
            <th>Share of the score</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, unit, left, wasOutside, reading, share, explains, ...band }) => (
            <tr key={name} class={explains ? 'is-cause' : ''}>
              <th scope="row">{name}</th>
              <td>{wasOutside ? <span class="dim">before the event</span> : leftText(left, first)}</td>
              <td class="number">
                {numberText(reading)} {unit}
              </td>
              <td class="number">{bandText(band)}</td>
              <td>
                <span class="share">
                  <i style={{ width: `${(100 * (share ?? 0)) / most}%` }} />
                </span>
                <span class="number">{percentText(share)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  )
}

/** As in reports: `1 to 2.5`. */
function bandText({
  low,
  high,
  anyReading,
}: Pick<EventExplanation['channels'][number], 'low' | 'high' | 'anyReading'>): string {
  if (anyReading) return 'any reading'
  return low === null || high === null ? 'not known' : `${numberText(low)} to ${numberText(high)}`
}

function leftText(left: string | number | null, first: string | number | null | undefined) {
  if (left === null) return <span class="dim">stayed inside</span>
  const after = first === null || first === undefined ? 0 : instantOf(left) - instantOf(first)
  return after === 0 ? timeText(instantOf(left)) : `+ ${spanText(after)}`
}

const LEAST_PAD_MS = 60_000
const MOST_CHANNELS = 5

/** The interval of the event and what came before, beside what was expected. */
function Picture({ event, explanation }: { event: Event; explanation: EventExplanation | undefined }) {
  const pad = Math.max(LEAST_PAD_MS, event.endMs - event.startMs)
  // An open event grows: its picture stays the one of when it was opened.
  const [query] = useState(
    () => `points=600&from=${Math.round(event.onsetMs - pad)}&to=${Math.round(event.endMs + pad / 2)}`,
  )
  const series = useResource<Series>(path.series(event.device, query))
  return (
    <>
      <h2>Readings beside what was expected</h2>
      <Loaded resource={series} rows={8}>
        {data => <PictureCharts event={event} series={data} explanation={explanation} />}
      </Loaded>
    </>
  )
}

function PictureCharts({
  event,
  series,
  explanation,
}: {
  event: Event
  series: Series
  explanation: EventExplanation | undefined
}) {
  const columns = useMemo(() => columnsOf(series), [series])
  const channels = useMemo(() => {
    const names = explanation ? byDeparture(explanation.channels) : event.channels
    const indexes = names.map(({ name }) => columns.channels.findIndex(channel => channel.name === name))
    return indexes.filter(index => index >= 0).slice(0, MOST_CHANNELS)
  }, [columns, explanation, event.id])
  const events = useMemo(() => [event], [event])
  return <Charts {...{ columns, channels, events, range: [series.fromMs, series.toMs] }} />
}

/** As `repairText` of reports: the score of an event can be highest beside its own samples. */
function repairText(score: number, repair: NonNullable<EventExplanation['repair']>): string {
  const [before, after] = [scoreText(repair.before), scoreText(repair.after)]
  const what = before === scoreText(score) ? 'the score' : 'the score of its own samples'
  if (repair.channels.length === 0 && repair.before !== null && repair.before <= 1)
    return `The score of its own samples, ${before}, is not above the threshold.`
  if (repair.channels.length === 0) return `No channel lowers ${what}, ${before}, when it reads as expected.`
  const end = repair.clears ? 'below the threshold' : 'still above the threshold'
  return `With ${repair.channels.join(' and ')} as expected, ${what} falls from ${before} to ${after}: ${end}.`
}

function Repair({
  explanation: { score, repair, brokenPairs, reason, method, nearestNormal, similarEvent },
}: {
  explanation: EventExplanation
}) {
  return (
    <>
      <h2>Evidence</h2>
      <ul class="evidence">
        <li>Kind: {reason}.</li>
        {repair && <li>{repairText(score, repair)}</li>}
        {brokenPairs.map(({ first, second, usual, now }) => (
          <li key={first + second}>
            {first} and {second} no longer move together: correlation {numberText(usual, 2)} before,{' '}
            {numberText(now, 2)} now.
          </li>
        ))}
        {nearestNormal && (
          <li>
            The other channels were most alike in normal operation from{' '}
            {timeText(instantOf(nearestNormal.from))} to {timeText(instantOf(nearestNormal.to))}:{' '}
            {numberText(nearestNormal.distance, 2)} usual spreads apart.
          </li>
        )}
        {similarEvent && (
          <li>
            Most similar earlier event: {timeText(instantOf(similarEvent.start))}, similarity{' '}
            {numberText(Math.floor(100 * (similarEvent.similarity ?? Number.NaN)) / 100, 2)}.
          </li>
        )}
        <li class="dim">Channels are ranked by {method}.</li>
      </ul>
    </>
  )
}
