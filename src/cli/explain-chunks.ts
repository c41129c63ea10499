import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import { chunkedEvents, type ExplainSettings, type Explanation, highestScores } from '../explain/index.js'
import type { ChunkedTable } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import { createPause } from '../runtime/index.js'
import type { SessionSettings } from '../session/index.js'
import type { Io } from './io.js'
import { scoreTable } from './score-table.js'
import { oneDevice } from './table-chunks.js'

/** Which events of a table are explained: one by its id, or those with the highest scores. */
export interface WantedEvents {
  readonly event?: string
  readonly top: number
}

/** The explained events of a table, in the order of time. */
export interface ExplainedTable {
  readonly timeKind: Frame['timeKind']
  readonly explanations: readonly Explanation[]
  /** The worst of all events, and how many there are. */
  readonly events: readonly AnomalyEvent[]
  readonly eventCount: number
}

/** Explains events of a table that is read in chunks. Normal operation is the excerpt of the history that the model keeps. Memory: that of a chunk and of `top` explanations. */
export async function explainChunkedTable(
  io: Io,
  model: Model,
  table: ChunkedTable,
  settings: ExplainSettings & { readonly session: SessionSettings },
  { event: id, top }: WantedEvents,
): Promise<ExplainedTable> {
  const { timeKind } = table
  const highest = highestScores(top)
  const isWanted = (event: AnomalyEvent) => (id === undefined ? highest.add(event.score) : event.id === id)
  let found: readonly Explanation[] = []
  const keep = (explanation: Explanation) => {
    found = [...found, explanation].sort((a, b) => b.event.score - a.event.score).slice(0, top)
  }
  const { signal, metrics } = io
  const explainer = chunkedEvents(model, isWanted, settings, { signal, pause: createPause() }, keep)
  const hooks = { signal, metrics, explainer }
  const { events, eventCount } = await scoreTable(model, oneDevice(table), settings.session, {}, hooks)
  const explanations = [...found].sort((a, b) => a.event.times.startMs - b.event.times.startMs)
  return { timeKind, explanations, events, eventCount }
}
