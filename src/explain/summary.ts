import type { AnomalyEvent, EventSummary } from '../core/contracts.js'
import type { Explanation } from './explain.js'

/** An explanation in a few words, as events carry it. */
export function summaryOf({ kind, verdict, reason, sentence }: Explanation): EventSummary {
  return { kind, verdict, reason, sentence }
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
