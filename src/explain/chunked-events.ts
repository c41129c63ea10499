import type { AnomalyEvent } from '../core/contracts.js'
import { sampleCount } from '../core/frame.js'
import { breathe, type Pauses } from '../core/pause.js'
import { MOST_RAMP } from '../events/index.js'
import type { Model } from '../model/index.js'
import { joinScored, type ScoredSamples, sliceScored } from '../session/index.js'
import { type ExplainSettings, type Explanation, explainEvents } from './explain.js'
import { contextOf, MOST_LOOKAHEAD, MOST_SAMPLES } from './rescore.js'
import { eventIn, explainedEvent, saidOf } from './summary.js'

/** Explains the events of a series that comes in chunks. */
export interface ChunkedEvents {
  /**
   * Takes the next scored samples, and the events that closed with them. Gives the events that are done, in their order: those with a high score have an
   * explanation.
   *
   * @param settled no event that is still to come has a sample before this one, but for a ramp that leads to it
   */
  push(scored: ScoredSamples, closed: readonly AnomalyEvent[], settled: number): Promise<AnomalyEvent[]>
  /** The series has ended: the events that waited for later samples. */
  finish(): Promise<AnomalyEvent[]>
}

/** Samples that are kept of an event and of what lies before it: a longer one is explained from its end. */
const MOST_KEPT = 20_000

/**
 * Explains events as `explainEvents` does, with the samples around each instead of the whole series: memory is that of a chunk and of 20,000 samples. An event
 * waits until the samples after it that count have come. Normal operation is the excerpt of the history that the model keeps.
 *
 * @param isWanted whether an event is explained; asked once for each
 * @param onExplained takes whole explanations; their samples are numbers of a part of the series, their times are those of the series
 * @throws `interrupted` from `push` and `finish` when the signal aborts
 */
export function chunkedEvents(
  model: Model,
  isWanted: (event: AnomalyEvent) => boolean,
  settings: ExplainSettings = {},
  pauses: Pauses = {},
  onExplained?: (explanation: Explanation) => void,
): ChunkedEvents {
  const { window } = model.info
  const reach = 2 * window + MOST_SAMPLES + contextOf(model.detector)
  const after = Math.max(window, MOST_LOOKAHEAD)
  let kept: { readonly from: number; readonly scored: ScoredSamples } | undefined
  let waiting: readonly AnomalyEvent[] = []
  /** Events that may lie in what is kept. */
  let known: readonly AnomalyEvent[] = []

  const explained = async (event: AnomalyEvent): Promise<AnomalyEvent> => {
    if (!isWanted(event) || kept === undefined) return event
    const { from, scored } = kept
    const n = sampleCount(scored.frame)
    if (event.end <= from) return event
    await breathe(pauses, 'explaining')
    const inside = known.filter(({ end }) => end > from).map(one => eventIn(one, from, n))
    const own = inside.find(({ id }) => id === event.id) ?? eventIn(event, from, n)
    const [found] = await explainEvents(
      model,
      scored,
      inside,
      [own],
      { ...settings, normal: 'history', isPart: true },
      pauses,
    )
    onExplained?.(found)
    return explainedEvent(event, saidOf(found))
  }
  const explainDone = async (end: number): Promise<AnomalyEvent[]> => {
    const first = waiting.findIndex(event => event.end + after > end)
    const done = first < 0 ? waiting : waiting.slice(0, first)
    waiting = waiting.slice(done.length)
    const all: AnomalyEvent[] = []
    for (const event of done) all.push(await explained(event))
    return all
  }
  return {
    async push(scored, closed, settled) {
      const begin = kept ? kept.from + sampleCount(kept.scored.frame) : 0
      const end = begin + sampleCount(scored.frame)
      kept = kept ? { from: kept.from, scored: joinScored([kept.scored, scored]) } : { from: 0, scored }
      waiting = [...waiting, ...closed]
      known = [...known, ...closed]
      const all = await explainDone(end)
      const needed =
        Math.min(settled - MOST_RAMP, ...waiting.map(({ start, onset }) => Math.min(start, onset))) - reach
      const first = Math.max(kept.from, end - MOST_KEPT, Math.min(needed, end))
      kept = { from: first, scored: sliceScored(kept.scored, first - kept.from) }
      known = known.filter(event => event.end + window > first)
      return all
    },
    finish: () => explainDone(Number.POSITIVE_INFINITY),
  }
}
