import type { AnomalyEvent } from '../core/contracts.js'
import type { Interval } from '../core/frame.js'
import type { Pauses } from '../core/pause.js'
import { createRandom } from '../core/random.js'
import type { Model } from '../model/index.js'
import type { ScoredSamples } from '../session/index.js'
import type { Explanation } from './explain.js'
import { type Asking, questionsOf } from './question.js'
import type { Reference } from './reference.js'
import { openRescorer } from './rescore.js'
import { modelChannels, type NamedChannel } from './units.js'

/** What a channel means to a model, and to a set of events. */
export interface ChannelImportance extends NamedChannel {
  /** As in the data. */
  readonly name: string
  /**
   * How much the score of normal operation rises when the channel reads as at another time, in thresholds: what the model makes of the channel. NaN where normal
   * operation has no intervals long enough.
   */
  readonly model: number
  /** Events that it explains. */
  readonly events: number
  /** Mean share in the scores of the events, exact; shares add up to 1. NaN without events. */
  readonly share: number
  /** Mean place in the rankings of the events, 1 = first. NaN without events. */
  readonly rank: number
}

/** Intervals of normal operation that are scored again, and how often with other readings. */
const INTERVALS = 8
const DRAWS = 2
/** Samples of an interval whose scores count. */
const LENGTH = 32

/**
 * The importance of each channel: for the model, by permutation in normal operation; for a set of events, by their explanations. The first says what the model
 * looks at, the second what was wrong. Sorted by share in the events; by importance for the model where there are none.
 *
 * Cost: 16 scorings of a short interval per channel.
 *
 * @param scored as `detect` gives it
 * @param all every event of the table
 * @param explanations of the events that count
 * @throws `interrupted` when the signal aborts
 * Source: permutation importance: Breiman, Random forests, Machine Learning 45 (2001); Fisher, Rudin & Dominici, JMLR 20 (2019).
 */
export async function globalImportance(
  model: Model,
  scored: ScoredSamples,
  all: readonly AnomalyEvent[],
  explanations: readonly Explanation[],
  settings: Asking & { readonly named?: readonly NamedChannel[] } = {},
  pauses: Pauses = {},
): Promise<ChannelImportance[]> {
  const { channels } = scored.frame
  const named = settings.named ?? modelChannels(model.info)
  const rises = await modelImportance(model, scored, all, settings, pauses)
  const count = explanations.length
  const importance = channels.map((name, c) => {
    const own = explanations.map(({ channels }) => channels.findIndex(channel => channel.name === name))
    const meanOf = (of: (explanation: Explanation, at: number) => number) =>
      explanations.reduce((sum, explanation, k) => sum + of(explanation, own[k]), 0) / count
    return {
      name,
      ...named[c],
      model: rises[c],
      events: explanations.filter(({ channels }, k) => channels[own[k]].explains).length,
      share: meanOf(({ channels }, at) => channels[at].share),
      rank: meanOf((_, at) => at + 1),
    }
  })
  const sizeOf = ({ share, model }: ChannelImportance) => (count > 0 ? share : model)
  return importance.sort((a, b) => sizeOf(b) - sizeOf(a) || a.rank - b.rank)
}

/** `[C]` rise of the highest score of normal intervals when a channel reads as in another one of them. */
async function modelImportance(
  model: Model,
  scored: ScoredSamples,
  all: readonly AnomalyEvent[],
  { session = {}, seed = 1, ...settings }: Asking,
  pauses: Pauses,
): Promise<Float64Array> {
  const { reference } = questionsOf(model, scored, all, { session, seed, ...settings })
  const width = scored.frame.channels.length
  const rises = new Float64Array(width)
  const { window } = model.info
  const places = reference.source === 'table' ? placesIn(reference, window + LENGTH) : []
  if (places.length < 2) return rises.fill(Number.NaN)
  const random = createRandom(seed).fork('importance')
  for (const [k, place] of places.entries()) {
    const interval = { start: place.start + window, end: place.end, peak: place.start + window }
    const rescorer = openRescorer(model, session, scored, interval, pauses)
    const before = await rescorer.score(new Map())
    const length = rescorer.range.end - rescorer.range.start
    for (let c = 0; c < width; c++) {
      for (let draw = 0; draw < DRAWS; draw++) {
        const other = places[(k + 1 + random.integer(places.length - 1)) % places.length]
        const readings = Float64Array.from(
          { length },
          (_, i) => scored.frame.values[(other.end - length + i) * width + c],
        )
        rises[c] += ((await rescorer.score(new Map([[c, readings]]))) - before) / (places.length * DRAWS)
      }
    }
  }
  return rises
}

/** At most 8 intervals of a length in normal operation, evenly spaced. */
function placesIn({ intervals }: Reference, length: number): Interval[] {
  const all = intervals.flatMap(({ start, end }) =>
    Array.from({ length: Math.floor((end - start) / length) }, (_, k) => ({
      start: start + k * length,
      end: start + (k + 1) * length,
    })),
  )
  const step = Math.max(1, all.length / INTERVALS)
  return Array.from({ length: Math.min(all.length, INTERVALS) }, (_, k) => all[Math.floor(k * step)])
}
