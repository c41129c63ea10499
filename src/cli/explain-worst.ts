import type { AnomalyEvent } from '../core/contracts.js'
import {
  type ChunkedEvents,
  chunkedEvents,
  type Explanation,
  explainEvents,
  explainedEvent,
  type HighestScores,
  modelChannels,
  saidOf,
} from '../explain/index.js'
import type { Model } from '../model/index.js'
import { createPause } from '../runtime/index.js'
import type { ScoredSamples, SessionSettings } from '../session/index.js'

/** Events that a detection explains: those with the highest scores. */
export const MOST_EXPLAINED = 100

/** Says which events are explained where not all of them are. */
export function explainedNotes(eventCount: number): string[] {
  if (eventCount <= MOST_EXPLAINED) return []
  return [
    `the ${MOST_EXPLAINED} events with the highest scores are explained, and name the channels that explain them first; others name those with the largest shares in the score`,
  ]
}

/** What is known of events after a detection. */
export interface ExplainedEvents {
  /** All of them; the explained ones with their explanation in a few words. */
  readonly events: readonly AnomalyEvent[]
  /** In the order of time. */
  readonly explanations: readonly Explanation[]
}

/** Explains the events with the highest scores, at most `MOST_EXPLAINED`. Cost: some 4 scorings of about 300 samples for each. */
export async function explainWorst(
  model: Model,
  scored: ScoredSamples,
  all: readonly AnomalyEvent[],
  session: SessionSettings,
  signal: AbortSignal,
): Promise<ExplainedEvents> {
  const worst = [...all].sort((a, b) => b.score - a.score).slice(0, MOST_EXPLAINED)
  const chosen = worst.sort((a, b) => a.start - b.start)
  const settings = explainSettings(model, session)
  const explanations = await explainEvents(model, scored, all, chosen, settings, {
    signal,
    pause: createPause(),
  })
  const known = new Map(explanations.map(explanation => [explanation.event.id, explanation]))
  const events = all.map(event => {
    const found = known.get(event.id)
    return found ? explainedEvent(event, saidOf(found)) : event
  })
  return { events, explanations }
}

/** The same for a table that comes in chunks, with those of other tables where `highest` is shared. */
export function explainChunks(
  model: Model,
  session: SessionSettings,
  highest: HighestScores,
  signal: AbortSignal,
): ChunkedEvents {
  const isWanted = ({ score }: AnomalyEvent) => highest.add(score)
  return chunkedEvents(model, isWanted, explainSettings(model, session), {
    signal,
    pause: createPause(),
  })
}

function explainSettings(model: Model, session: SessionSettings) {
  return { session, named: modelChannels(model.info) }
}
