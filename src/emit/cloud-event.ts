import type { DriftAdvice, DriftChange, EventChange } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { Json } from '../core/state.js'
import { eventRows } from './events.js'
import { createTimeText } from './times.js'

/** An event in the form of CloudEvents 1.0. Events with equal ids are the same event. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  /** The device. */
  readonly subject: string
  /** Time of the samples that it is about; absent where samples have no times. */
  readonly time?: string
  readonly datacontenttype: 'application/json'
  readonly data: Json
}

/** Whose event it is. */
export interface EventOrigin {
  readonly device: string
  /** Id of the model. */
  readonly model: string
  readonly timeKind: Frame['timeKind']
  /** Time between samples, ms; an event ends so long after its last sample. */
  readonly stepMs: number
}

/** A device, or one of its channels, that sends no more, or sends again. */
export interface CoverageChange {
  readonly isLost: boolean
  readonly channel?: string
  /** Of its last sign of life; NaN when there was none. */
  readonly sinceMs: number
  readonly timeMs: number
}

/**
 * What happened to an anomaly: `dev.telltale.anomaly.opened.v1`, `updated` or `closed`; its data are the columns of an event file. One that is open has no `end`
 * but `last`, up to where it lasts so far.
 */
export function anomalyEvent(origin: EventOrigin, { type, event }: EventChange): CloudEvent {
  const { timeKind, stepMs } = origin
  const [row] = eventRows({ events: [event], timeKind, stepMs })
  const { lastMs, startMs } = event.times
  const atMs = type === 'opened' ? startMs : lastMs
  const suffix = type === 'updated' ? `updated/${lastMs}` : type
  const data = type === 'closed' ? row : renamed(row, 'end', 'last')
  return cloudEvent(origin, `${event.id}/${suffix}`, `anomaly.${type}`, atMs, data as unknown as Json)
}

/** The same entries in their order, one of them under another name. */
function renamed(of: object, name: string, to: string) {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key === name ? to : key, value]))
}

/** Where an anomaly ends, or up to where it lasts so far. */
export const endSoFar = <T>({ end, last }: { readonly end?: T; readonly last?: T }): T => (end ?? last) as T

/** Who knows of an event, and what they say. */
export interface Acknowledgement {
  /** Of the event, or of one of its changes. */
  readonly id: string
  readonly by?: string
  readonly note?: string
  /** ISO 8601. */
  readonly at: string
}

/** The id of an event from that of one of its changes. */
export const anomalyId = (id: string) => id.replace(/\/(?:opened|updated\/[^/]*|closed|acknowledged)$/, '')

/** `dev.telltale.anomaly.acknowledged.v1`. @param last `opened` or `updated` */
export function acknowledgedEvent(last: CloudEvent, { by, note, at }: Acknowledgement): CloudEvent {
  const acknowledged = { ...(by !== undefined && { by }), ...(note !== undefined && { note }), at }
  return {
    ...last,
    id: `${anomalyId(last.id)}/acknowledged`,
    type: 'dev.telltale.anomaly.acknowledged.v1',
    data: { ...(last.data as Record<string, Json>), acknowledged },
  }
}

/** The end of an anomaly or a drift whose session is no more: as it was last. @param last `opened` or `updated` */
export function endOf(last: CloudEvent): CloudEvent {
  return {
    ...last,
    id: `${anomalyId(last.id)}/closed`,
    type: last.type.replace(/\.(?:opened|updated)\.v1$/, '.closed.v1'),
    // The `last` of a drift is its own.
    ...(last.type.includes('.anomaly.') && { data: renamed(last.data as object, 'last', 'end') as Json }),
  }
}

/** The data of an event of drift. */
export interface DriftData {
  /** A channel, or `score`. */
  readonly signal: string
  readonly method: string
  /** When it began, about, and when its last change was found: ISO 8601, a number where samples have no times. */
  readonly since: string | number
  readonly last: string | number
  /** Averages before it and after its last change. */
  readonly before: number
  readonly after: number
  readonly changes: number
  /** What all drifts of the device that are open then call for, and why. */
  readonly verdict: DriftAdvice
  readonly reason: string
}

/** What happened to a drift: `dev.telltale.drift.opened.v1`, `updated` or `closed`. */
export function driftEvent(origin: EventOrigin, { type, drift, verdict, reason }: DriftChange): CloudEvent {
  const { id, signal, method, times, before, after, changes } = drift
  const { startMs, lastMs } = times
  const time = origin.timeKind === 'utc' ? createTimeText('utc') : (ms: number) => ms
  const [since, last] = [time(startMs), time(lastMs)]
  const data: DriftData = { signal, method, since, last, before, after, changes, verdict, reason }
  return cloudEvent(
    origin,
    `${id}/${type === 'updated' ? `updated/${lastMs}` : type}`,
    `drift.${type}`,
    lastMs,
    data as unknown as Json,
  )
}

/** `dev.telltale.coverage.lost.v1` or `restored`. */
export function coverageEvent(origin: EventOrigin, change: CoverageChange): CloudEvent {
  const { isLost, channel, sinceMs, timeMs } = change
  const what = isLost ? 'lost' : 'restored'
  const since = Number.isFinite(sinceMs) ? createTimeText('utc')(sinceMs) : null
  const data = { channel: channel ?? null, since }
  return cloudEvent(origin, `coverage/${channel ?? ''}/${what}/${timeMs}`, `coverage.${what}`, timeMs, data)
}

function cloudEvent(
  { device, model, timeKind }: EventOrigin,
  id: string,
  type: string,
  timeMs: number,
  data: Json,
): CloudEvent {
  return {
    specversion: '1.0',
    id: `${device}/${id}`,
    source: `/telltale/${model.slice(0, 12)}`,
    type: `dev.telltale.${type}.v1`,
    subject: device,
    ...(timeKind === 'utc' && { time: createTimeText('utc')(timeMs) }),
    datacontenttype: 'application/json',
    data,
  }
}
