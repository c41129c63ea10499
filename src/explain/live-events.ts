import type { AnomalyEvent, EventChange, EventSummary } from '../core/contracts.js'
import { appendFrames, type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import { checkState, type Json, nestedState, nestStates, type State } from '../core/state.js'
import { MOST_RAMP } from '../events/index.js'
import type { Model } from '../model/index.js'
import type { ScoredSamples } from '../session/index.js'
import { explainEvents } from './explain.js'
import type { Overview } from './overview.js'
import { recentSamples } from './recent-samples.js'
import { historyReference, type ScoredSeries } from './reference.js'
import { eventIn, explainedEvent, saidOf } from './summary.js'
import { modelChannels } from './units.js'

/** Says what the events of a live series look like, as they open and as they close. */
export interface LiveEvents {
  /**
   * Takes the next scored samples of the series, and gives their changes back with what is known of the event by then. An event that continues is looked at again each
   * time it has doubled its length; in between what was said last is said again.
   *
   * @param settled no event that is still to come has a sample before this one, but for a ramp that leads to it
   */
  push(
    scored: Pick<ScoredSamples, 'frame'>,
    changes: readonly EventChange[],
    settled: number,
  ): Promise<readonly EventChange[]>
  state(): State
}

const KIND = 'live-events'
/** Samples of an event that show any kind. */
const ENOUGH = 20
/** Samples that are looked at before an event. */
const BEFORE = 32
/** Samples that are kept before what stands out, where a ramp may have begun, and from there on: of those that come later evenly spaced ones are. */
const KEPT = { before: MOST_RAMP + BEFORE, most: 192 }
/** Samples of an event that are looked at one by one: fewer than are kept, which begin with its first flag, and it can be placed after that. */
const LOOKED_AT = 160
/** Kinds that the first samples of an event show already. */
const EARLY: ReadonlySet<string> = new Set([
  'machine-off',
  'dropout',
  'saturation',
  'frozen',
  'unit-jump',
  'out-of-range-operation',
])

/**
 * Explains the events of one live series by its readings alone, by their standardised errors: nothing is scored again. What a longer event than 160 samples did is taken from evenly spaced samples of all of it, but for what depends on neighbouring ones. Memory about 1,100 samples, in an event that is longer 384 more for each doubling of its length; cost of a
 * change O(n C^2) for n samples of the event, of other samples a copy of them. Normal operation is taken from the excerpt of the history; a model without one, made
 * before it was kept, gives no explanations.
 *
 * @param from `state()` of another one for the same model
 */
export function liveEvents(model: Model, timeKind: Frame['timeKind'], from?: State): LiveEvents {
  const { channels } = model.info
  const empty: Frame = { timeMs: new Float64Array(0), timeKind, values: new Float64Array(0), channels }
  const saved = from && checkState(from, KIND, 1)
  const recent = recentSamples(empty, KEPT, saved && nestedState(saved, 'recent'))
  /** What was said of the event that is open, and the end of the last one that is closed: no other event has a sample before it. */
  let { open = null, over = 0 } = (saved?.options ?? {}) as { open?: Told | null; over?: number }
  const isKnown = historyReference(model) !== undefined
  const named = modelChannels(model.info)

  /** @param frame the beginning of the event and what comes before it, in which it is `own` */
  const overviewOf = (frame: Frame, own: AnomalyEvent, event: AnomalyEvent): Overview => {
    const start = Math.min(own.onset, own.start)
    const { frame: all, stride } = recent.spaced(Math.min(event.onset, event.start), event.end)
    return { frame: appendFrames([sliceFrame(frame, 0, start), all]), start, stride }
  }

  const explained = async (change: EventChange): Promise<EventChange> => {
    const { type, event } = change
    const length = event.end - event.start
    if (type === 'updated' && open?.id === event.id && !isDue(open, length))
      return { type, event: explainedEvent(event, { order: [], ...open }) }
    const { current, ended } = recent
    const { from: first, frame: all } = ended && event.start < current.from ? ended : current
    const begin = Math.min(event.onset, event.start)
    const start = Math.max(first, begin - BEFORE)
    const end = Math.min(event.end, begin + LOOKED_AT, first + sampleCount(all))
    if (type === 'closed') open = null
    if (!isKnown || end <= start) return change
    const frame = sliceFrame(all, start - first, end - first)
    const own = eventIn(event, start, sampleCount(frame))
    const overview = event.end - begin > LOOKED_AT ? overviewOf(frame, own, event) : undefined
    const settings = { method: 'standardised', normal: 'history', isPart: true, named, overview } as const
    const [found] = await explainEvents(model, unscored(frame, own), [own], [own], settings)
    const isTooEarly = type !== 'closed' && length < ENOUGH && !EARLY.has(found.kind)
    const said = saidOf({ ...found, ...(isTooEarly && NOT_YET) })
    if (type !== 'closed') open = { id: event.id, length, ...said }
    return { type, event: explainedEvent(event, said) }
  }

  return {
    async push({ frame }, changes, settled) {
      for (const { type, event } of changes) if (type === 'closed') over = Math.max(over, event.end)
      recent.push(frame, Math.max(settled, over))
      const all: EventChange[] = []
      for (const change of changes) all.push(await explained(change))
      return all
    },
    state() {
      const { options, arrays } = nestStates({ recent: recent.state() })
      return { kind: KIND, version: 1, options: { ...options, open: open as Json, over }, arrays }
    },
  }
}

/** What was said last of an event that is open. */
interface Told {
  readonly id: string
  /** Samples that it had then; absent in states of version 0.1. */
  readonly length?: number
  readonly summary: EventSummary
  /** Absent as above. */
  readonly order?: readonly string[]
}

/** Whether an open event is to be looked at again: its cost is then that of a few times, however long it is. */
function isDue({ length: before = 1 }: Told, length: number): boolean {
  return length >= 2 * before
}

const NOT_YET = {
  kind: 'unclear',
  verdict: 'unclear',
  reason: 'the event has just opened: its kind is known when it has 20 samples, or closes',
} as const

/** Samples whose scores are not kept: each of the event has the shares that the channels have in all of it. */
function unscored(frame: Frame, { start, end, channels }: AnomalyEvent): ScoredSeries & ScoredSamples {
  const n = sampleCount(frame)
  const width = frame.channels.length
  const unknown = () => new Float32Array(n).fill(Number.NaN)
  const residual = new Float32Array(n * width).fill(Number.NaN)
  for (const { name, share } of channels)
    for (let i = start; i < end; i++) residual[i * width + frame.channels.indexOf(name)] = share
  return {
    frame,
    score: unknown(),
    residual,
    flag: new Uint8Array(n),
    reason: new Uint8Array(n),
    pValue: unknown(),
    severity: unknown(),
    trust: unknown(),
  }
}
