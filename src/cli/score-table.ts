import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { Suppressed } from '../events/index.js'
import type { ChunkedEvents } from '../explain/index.js'
import type { Model } from '../model/index.js'
import { type Metrics, NO_METRICS } from '../observe/index.js'
import { detectStream } from '../pipeline/index.js'
import { createLabelCounter, type LabelCounts } from '../report/index.js'
import type { LoopHooks, ScoredSamples, SessionSettings } from '../session/index.js'
import type { Adaptation } from '../threshold/index.js'
import type { Issue } from '../validate/index.js'
import { countScores, NO_SCORES, type ScoreCounts } from './score-counts.js'

/** Events that are kept to be listed. */
const MOST_EVENTS = 1000

/** Consecutive samples of a table with their labels, if it has any. */
export interface LabelledFrame {
  readonly frame: Frame
  /** `[N]` 0 = normal, 1 = anomalous. */
  readonly labels?: Uint8Array
}

/** What scoring a table found. */
export interface ScoredTable extends ScoreCounts {
  /** The worst `MOST_EVENTS`, in the order of time; `eventCount` counts all. */
  readonly events: readonly AnomalyEvent[]
  readonly eventCount: number
  readonly timeKind: Frame['timeKind']
  readonly suppressed: Suppressed
  readonly adaptation: Adaptation | null
  readonly issues: readonly Issue[]
  /** Absent when the table has no labels. */
  readonly labels?: LabelCounts
}

/** What takes the results while they come. */
export interface ScoreSinks {
  scored?(samples: ScoredSamples): Promise<void>
  closed?(events: readonly AnomalyEvent[]): Promise<void>
}

interface ScoreHooks extends LoopHooks {
  readonly metrics?: Metrics
  /** Explains events before they are handed on. */
  readonly explainer?: ChunkedEvents
}

/** Scores a table, whole or in chunks, hands on what is final, and counts. Errors: those of `detectStream`. */
export async function scoreTable(
  model: Model,
  pieces: AsyncIterable<LabelledFrame> | Iterable<LabelledFrame>,
  settings: SessionSettings,
  { scored, closed }: ScoreSinks,
  { metrics = NO_METRICS, explainer, ...hooks }: ScoreHooks,
): Promise<ScoredTable> {
  const labels = createLabelQueue()
  const worst = createWorstEvents()
  let timeKind: Frame['timeKind'] = model.info.training.timeKind
  async function* frames() {
    for await (const { frame, labels: more } of pieces) {
      if (more) labels.push(more)
      timeKind = frame.timeKind
      yield frame
    }
  }
  const take = async (events: readonly AnomalyEvent[]) => {
    if (events.length > 0) await closed?.(events)
    worst.push(events)
  }
  let counts = NO_SCORES
  let last = { suppressed: { inMaintenance: 0, inCoolDown: 0 }, adaptation: null, issues: [] } as Pick<
    ScoredTable,
    'suppressed' | 'adaptation' | 'issues'
  >
  for await (const step of detectStream(model, frames(), settings, { ...hooks, time: metrics.time })) {
    const events = step.events.filter(({ type }) => type === 'closed').map(({ event }) => event)
    await scored?.(step.scored)
    await take(explainer ? await explainer.push(step.scored, events, step.settled) : events)
    labels.take(step.scored.flag, events, step.settled)
    const before = counts
    counts = countScores(step.scored.score, step.scored.flag, counts)
    measure(metrics, model, before, counts, events.length)
    last = step
  }
  if (explainer) await take(await explainer.finish())
  const { suppressed, adaptation, issues } = last
  return { ...counts, ...worst.found(), timeKind, suppressed, adaptation, issues, labels: labels.counts() }
}

/** Keeps labels until their samples have scores, and counts how they agree. */
function createLabelQueue() {
  const counter = createLabelCounter()
  let waiting: Uint8Array | undefined
  return {
    push(labels: Uint8Array) {
      const before = waiting ?? new Uint8Array(0)
      waiting = new Uint8Array(before.length + labels.length)
      waiting.set(before)
      waiting.set(labels, before.length)
    },
    take(flag: Uint8Array, closed: readonly AnomalyEvent[], settled: number) {
      if (waiting === undefined) return
      counter.push(flag, waiting.subarray(0, flag.length), closed, settled)
      waiting = waiting.subarray(flag.length)
    },
    counts: () => (waiting === undefined ? undefined : counter.counts()),
  }
}

/** Keeps the events with the highest scores, in the order of time, and counts all. */
function createWorstEvents() {
  let kept: readonly AnomalyEvent[] = []
  let count = 0
  const worst = () =>
    [...kept]
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_EVENTS)
      .sort((a, b) => a.start - b.start)
  return {
    push(events: readonly AnomalyEvent[]) {
      if (events.length === 0) return
      count += events.length
      kept = [...kept, ...events]
      if (kept.length > 2 * MOST_EVENTS) kept = worst()
    },
    found: () => ({ eventCount: count, events: worst() }),
  }
}

/** Counts what a step added. */
function measure(
  metrics: Metrics,
  { info }: Pick<Model, 'info'>,
  before: ScoreCounts,
  { samples, scored }: ScoreCounts,
  events: number,
): void {
  const model = info.id.slice(0, 12)
  metrics.add('telltale_samples_received_total', samples - before.samples, { source: 'table' })
  metrics.add('telltale_samples_scored_total', scored - before.scored, { model })
  metrics.add('telltale_events_total', events, { model, kind: 'anomaly' })
  if (samples > 0) metrics.set('telltale_coverage_ratio', scored / samples, { model })
}
