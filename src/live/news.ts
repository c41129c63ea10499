import type { AnomalyEvent } from '../core/contracts.js'
import { DAY_MS } from '../core/milliseconds.js'

/** A step of severity, 0 to 100, that is reported. */
const SEVERITY_STEP = 5
/** Longest time between two messages of an open event: receivers end alerts that they get no news of. */
const LONGEST_MS = DAY_MS

/** The last message of an event that is open. */
export interface Reported {
  readonly startMs: number
  readonly lastMs: number
  readonly severity: number
  /** That comes first. */
  readonly channel: string | undefined
}

export const reportedOf = ({ times, severity, channels: [first] }: AnomalyEvent): Reported => ({
  startMs: times.startMs,
  lastMs: times.lastMs,
  severity,
  channel: first?.name,
})

/**
 * Whether an open event has changed so much that it is reported again: its severity is in another step of 5, another channel comes first, or it lasts twice as
 * long as in its last message, at the latest a day after that. An event of a week takes some 20 messages, not one for each sample.
 */
export function isNews(event: AnomalyEvent, last: Reported): boolean {
  const now = reportedOf(event)
  const step = ({ severity }: Reported) => Math.floor(severity / SEVERITY_STEP)
  if (step(now) !== step(last) || now.channel !== last.channel) return true
  const silentMs = now.lastMs - last.lastMs
  return silentMs >= Math.min(LONGEST_MS, Math.max(1, last.lastMs - last.startMs))
}
