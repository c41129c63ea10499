import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import {
  type ChunkedEvents,
  chunkedEvents,
  type Explanation,
  explainEvents,
  type HighestScores,
  namedChannels,
  summaryOf,
} from '../explain/index.js'
import type { Model } from '../model/index.js'
import { formatDuration } from '../report/index.js'
import { createPause } from '../runtime/index.js'
import type { ScoredSamples, SessionSettings } from '../session/index.js'

/** Events that a detection explains: those with the highest scores. */
export const MOST_EXPLAINED = 100

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
  const settings = explainSettings(model, scored.frame, session)
  const explanations = await explainEvents(model, scored, all, chosen, settings, {
    signal,
    pause: createPause(),
  })
  const known = new Map(explanations.map(explanation => [explanation.event.id, explanation]))
  const events = all.map(event => {
    const found = known.get(event.id)
    if (found === undefined) return event
    return { ...event, explanation: summaryOf(found) }
  })
  return { events, explanations }
}

/** The same for a table that comes in chunks, with those of other tables where `highest` is shared. */
export function explainChunks(
  model: Model,
  timeKind: Frame['timeKind'],
  session: SessionSettings,
  highest: HighestScores,
  signal: AbortSignal,
): ChunkedEvents {
  const isWanted = ({ score }: AnomalyEvent) => highest.add(score)
  return chunkedEvents(model, isWanted, explainSettings(model, { timeKind }, session), {
    signal,
    pause: createPause(),
  })
}

/** How durations are written; undefined in a table without times. */
export function durationFormat(timeKind: Frame['timeKind']): typeof formatDuration | undefined {
  return timeKind === 'utc' ? formatDuration : undefined
}

function explainSettings(model: Model, { timeKind }: Pick<Frame, 'timeKind'>, session: SessionSettings) {
  return { session, named: namedChannels(model.info.channels), duration: durationFormat(timeKind) }
}
