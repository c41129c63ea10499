import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { DAY_MS } from '../../core/milliseconds.js'
import type { Event, FeedbackPreview, FeedbackResult, Verdict } from '../contract/index.js'
import type { Keep } from './keep.js'
import { distance, modelName, sharesOf } from './records.js'

/** Errors: `name-unknown`. */
export async function eventNamed(keep: Keep, id: string): Promise<Event> {
  const [event] = await keep.eventRows('where id = $1', [id])
  if (event) return event
  throw createError('name-unknown', {
    what: 'event',
    name: id.slice(0, 200),
    nearest: 'an id of /api/v1/events',
  })
}

/** Time around an event that is left out with it: the rise before it. */
const intervalOf = ({ onsetMs, startMs, endMs }: Event) => ({
  fromMs: Math.min(onsetMs, startMs),
  toMs: endMs,
})

/** What a person says of an event. */
export interface Said {
  readonly verdict: Verdict
  readonly note: string
  readonly radius: number
}

/**
 * Keeps what was said of an event. Its pattern counts for events from now on, and for those that are there. A model in use does not change: what a new version
 * would leave out is a proposal.
 *
 * @throws `name-unknown`
 */
export async function giveFeedback(
  keep: Keep,
  id: string,
  said: Said,
  by: string,
  nowMs: number,
): Promise<FeedbackResult> {
  const event = await eventNamed(keep, id)
  await keep.database.transaction(write =>
    write.run('insert or replace into feedback values ($1, $2, $3, $4, $5, $6)', [
      id,
      said.verdict,
      said.note,
      said.radius,
      by,
      nowMs,
    ]),
  )
  const next = await eventNamed(keep, id)
  keep.learn(next)
  await matchAgain(keep, modelName(event.model))
  return { event: await eventNamed(keep, id), proposal: await proposalOf(keep, next) }
}

/** Takes back what was said of an event. Errors: `name-unknown`. */
export async function takeBack(keep: Keep, id: string): Promise<Event> {
  const event = await eventNamed(keep, id)
  await keep.database.transaction(write => write.run('delete from feedback where event = $1', [id]))
  keep.patterns.delete(id)
  await matchAgain(keep, modelName(event.model))
  return eventNamed(keep, id)
}

/** Finds again which events of a model belong to a pattern. */
async function matchAgain(keep: Keep, model: string): Promise<void> {
  const events = await keep.eventRows('where starts_with(model, $1)', [`${model}@`])
  for (const event of events) {
    const device = keep.devices.get(event.device)
    if (device === undefined) continue
    const before = event.matches
    const after = keep.matchOf(event)
    if (before !== after) keep.addEvent(device, event)
  }
  await keep.flush()
}

/** Intervals of a device that feedback leaves out of calibration and training: all but confirmed events would teach it what is wrong, or are rare. */
export async function excludedOf(
  keep: Keep,
  device: string,
): Promise<{ readonly fromMs: number; readonly toMs: number }[]> {
  const events = await keep.eventRows(
    `where device = $1 and verdict in ('confirmed', 'false-alarm', 'expected') order by start_ms`,
    [device],
  )
  return events.map(intervalOf)
}

async function proposalOf(keep: Keep, event: Event): Promise<FeedbackResult['proposal']> {
  const exclude = await excludedOf(keep, event.device)
  if (exclude.length === 0) return null
  const model = modelName(event.model)
  const many = counted(exclude.length, 'marked interval')
  return {
    model,
    reason: `a version of ${model} that is trained and calibrated without ${many} of ${event.device}`,
    job: { model, base: event.model, device: event.device, exclude },
  }
}

/** What a verdict on an event would change: alarms of the last days with the same model that are of its pattern. Nothing is kept. */
export async function previewOf(
  keep: Keep,
  id: string,
  { verdict, radius, days }: { readonly verdict: Verdict; readonly radius: number; readonly days: number },
  newestMs: number,
): Promise<FeedbackPreview> {
  const event = await eventNamed(keep, id)
  const events = await keep.eventRows('where starts_with(model, $1) and end_ms >= $2 order by start_ms', [
    `${modelName(event.model)}@`,
    newestMs - days * DAY_MS,
  ])
  const shares = sharesOf(event)
  const isNear = (other: Event) => other.id === id || distance(shares, sharesOf(other)) <= radius
  const isConfirmed = ({ feedback }: Event) => feedback?.verdict === 'confirmed'
  const confirmed = events.filter(isConfirmed)
  const alarms = events.filter(
    other => other.matches === null && (other.feedback === null || isConfirmed(other)),
  )
  const near = verdict === 'confirmed' ? [] : alarms.filter(isNear)
  const removed = near.filter(other => !isConfirmed(other) || other.id === id).map(other => other.id)
  const hidden = near.filter(other => isConfirmed(other) && other.id !== id).map(other => other.id)
  const { fromMs, toMs } = intervalOf(event)
  return {
    verdict,
    radius,
    days,
    alarms: alarms.length,
    removed,
    confirmed: confirmed.length,
    hidden,
    excludedMs: toMs - fromMs,
    sentence: sentenceOf(verdict, removed.length, alarms.length, days, hidden.length, confirmed.length),
  }
}

function sentenceOf(
  verdict: Verdict,
  removed: number,
  alarms: number,
  days: number,
  hidden: number,
  confirmed: number,
): string {
  if (verdict === 'confirmed')
    return 'would remove no alarm, and leave the event out of calibration and training'
  const changed = `would have removed ${removed} of ${counted(alarms, 'alarm')} of the last ${counted(days, 'day')}`
  if (confirmed === 0) return `${changed}; there is no confirmed event that it could hide`
  return `${changed} and hidden ${hidden === 0 ? 'none' : hidden} of ${counted(confirmed, 'confirmed event')}`
}
