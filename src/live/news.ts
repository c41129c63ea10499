import type { AnomalyEvent } from '../core/contracts.js'

/** Steps of severity, 0 to 100, that are told. */
const SEVERITY_STEP = 5
/** Longest time without news of an event that goes on: receivers end alerts of which they hear nothing. */
const LONGEST_MS = 24 * 3_600_000

/** What was last told of an event that is open. */
export interface Told {
  readonly startMs: number
  readonly lastMs: number
  readonly severity: number
  /** With the largest share. */
  readonly channel: string | undefined
}

export const toldOf = ({ times, severity, channels: [first] }: AnomalyEvent): Told => ({
  startMs: times.startMs,
  lastMs: times.lastMs,
  severity,
  channel: first?.name,
})

/**
 * Whether an open event has changed so much that it is told again: its severity is in another step of 5, another channel comes first, or it lasts twice as
 * long as when it was last told, at the latest a day after that. An event of a week takes some 20 messages, not one for each sample.
 */
export function isNews(event: AnomalyEvent, told: Told): boolean {
  const now = toldOf(event)
  const step = ({ severity }: Told) => Math.floor(severity / SEVERITY_STEP)
  if (step(now) !== step(told) || now.channel !== told.channel) return true
  const silentMs = now.lastMs - told.lastMs
  return silentMs >= Math.min(LONGEST_MS, Math.max(1, told.lastMs - told.startMs))
}
