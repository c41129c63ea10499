import type { AnomalyEvent, EventSummary } from '../core/contracts.js'
import type { Explanation } from './explain.js'

/** What an event carries of its explanation. */
export interface Said {
  readonly summary: EventSummary
  /** Names of the channels that explain the event, the main one first; where none does, the one that the sentence names. */
  readonly order: readonly string[]
}

/** The part of an explanation that its event carries. */
export function saidOf({ kind, verdict, reason, sentence, channels }: Explanation): Said {
  const explaining = channels.filter(({ explains }) => explains)
  const named = explaining.length > 0 ? explaining : channels.slice(0, 1)
  return { summary: { kind, verdict, reason, sentence }, order: named.map(({ name }) => name) }
}

/** An event with what is said of it: the channels of its order come first, then the others by their shares, the largest first. */
export function explainedEvent(event: AnomalyEvent, { summary, order }: Said): AnomalyEvent {
  const places = new Map(order.map((name, place) => [name, place]))
  const placeOf = ({ name }: AnomalyEvent['channels'][number]) => places.get(name) ?? order.length
  const channels = [...event.channels].sort((a, b) => placeOf(a) - placeOf(b) || b.share - a.share)
  return { ...event, channels, explanation: summary }
}

/** An event as it is called in a part of its series that begins at sample `from`. */
export function eventIn(event: AnomalyEvent, from: number, samples: number): AnomalyEvent {
  const inside = (sample: number) => Math.min(Math.max(sample - from, 0), samples - 1)
  return {
    ...event,
    start: inside(event.start),
    end: Math.max(inside(event.start) + 1, Math.min(event.end - from, samples)),
    onset: inside(event.onset),
    peak: inside(event.peak),
  }
}
