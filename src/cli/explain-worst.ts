import type { AnomalyEvent } from '../core/contracts.js'
import { type Explanation, explainEvents, namedChannels } from '../explain/index.js'
import type { Model } from '../model/index.js'
import { formatDuration } from '../report/index.js'
import type { ScoredSamples, SessionSettings } from '../session/index.js'

/** Events that a detection explains. */
export const MOST_EXPLAINED = 100

/** What is known of events after a detection. */
export interface ExplainedEvents {
  /** All of them; the explained ones with their explanation in a few words. */
  readonly events: readonly AnomalyEvent[]
  /** In the order of time. */
  readonly explanations: readonly Explanation[]
}

/** Explains the events with the highest scores, at most `MOST_EXPLAINED`. Cost: less than scoring the table twice. */
export async function explainWorst(
  model: Model,
  scored: ScoredSamples,
  all: readonly AnomalyEvent[],
  session: SessionSettings,
  signal: AbortSignal,
): Promise<ExplainedEvents> {
  const worst = [...all].sort((a, b) => b.score - a.score).slice(0, MOST_EXPLAINED)
  const chosen = worst.sort((a, b) => a.start - b.start)
  const duration = scored.frame.timeKind === 'utc' ? formatDuration : undefined
  const settings = { session, named: namedChannels(model.info.channels), duration }
  const explanations = await explainEvents(model, scored, all, chosen, settings, { signal })
  const known = new Map(explanations.map(explanation => [explanation.event.id, explanation]))
  const events = all.map(event => {
    const found = known.get(event.id)
    if (found === undefined) return event
    const { kind, verdict, reason, sentence } = found
    return { ...event, explanation: { kind, verdict, reason, sentence } }
  })
  return { events, explanations }
}
