import type { AnomalyEvent } from '../core/contracts.js'
import { breathe, type Pauses } from '../core/pause.js'
import { createRandom, shuffle } from '../core/random.js'
import type { Model } from '../model/index.js'
import type { ScoredSamples } from '../session/index.js'
import { mean, signTest } from '../stats/index.js'
import { attribute, defaultBudget, EXPLAIN_METHODS, type ExplainMethod } from './methods.js'
import { type Asking, type Question, questionsOf } from './question.js'
import { repairedScores } from './repair.js'

/** How one method ranks the channels of a set of events. */
export interface ComparedMethod {
  readonly method: ExplainMethod
  /** Evaluations of the detector for an event, mean. */
  readonly scorings: number
  /** `[K]` share of the score that is left when the first 1, 2, ... K channels read as the others call for, mean over events. */
  readonly left: readonly number[]
  /** Mean of `left`: the smaller, the more faithful to the detector. */
  readonly deletion: number
  /** Deletion of random orders minus this one: above 0 = better than chance. */
  readonly gain: number
  /** Events in which it is better than random orders, and the one-sided p-value of a sign test; events without a difference are left out. */
  readonly better: number
  readonly pValue: number
}

export interface MethodComparison {
  /** Events that were compared. */
  readonly events: number
  readonly methods: readonly ComparedMethod[]
  /** `[M][M]` Spearman correlation of the rankings of two methods, mean over events; NaN with a single channel. */
  readonly correlation: readonly (readonly number[])[]
  /** Of random orders. */
  readonly random: Pick<ComparedMethod, 'left' | 'deletion'>
}

/** Channels that are taken out at most, one after the other. */
const MOST_DELETED = 5
const RANDOM_ORDERS = 10

/**
 * Compares the methods that a detector can do by the events of a table: how alike their rankings are, and how faithful each is. Faithful means that the score
 * falls when the first channels of a ranking read as the others call for (deletion); random orders are the measure of chance. Says nothing about the cause of an event:
 * a method can be faithful to a detector that is wrong.
 *
 * Cost: the budgets of all methods, and at most 5 scorings for each of them and 50 for random orders, per event.
 *
 * @param chosen events of `all`
 * Source: Samek et al., Evaluating the visualization of what a deep neural network has learned, IEEE TNNLS 28 (2017).
 */
export async function compareMethods(
  model: Model,
  scored: ScoredSamples,
  all: readonly AnomalyEvent[],
  chosen: readonly AnomalyEvent[] = all,
  settings: Asking = {},
  pauses: Pauses = {},
): Promise<MethodComparison> {
  const width = scored.frame.channels.length
  const methods = EXPLAIN_METHODS.filter(
    method => method !== 'integrated-gradients' || model.detector.scoreGradient !== undefined,
  )
  const questions = questionsOf(model, scored, all, settings, pauses)
  const random = createRandom(settings.seed ?? 1).fork('orders')
  const events: EventOrders[] = []
  for (const event of chosen) {
    const orders: (readonly number[])[] = []
    const scorings: number[] = []
    for (const method of methods) {
      await breathe(pauses, 'comparing methods')
      const question = questions.about(event, defaultBudget(method, width))
      orders.push((await attribute(method, question)).order)
      scorings.push(question.rescorer.evaluations())
    }
    const leftOf = await deletionOf(questions.about(event, 0))
    const curves: number[][] = []
    for (const order of orders) curves.push(await leftOf(order))
    const chance: number[][] = []
    for (let k = 0; k < RANDOM_ORDERS; k++)
      chance.push(await leftOf(shuffle([...scored.frame.channels.keys()], random)))
    // An event that is scored by nothing, such as one without a whole window, compares nothing.
    if (curves.flat().every(Number.isFinite))
      events.push({ orders, scorings, curves, chance: meanOf(chance) })
  }
  const left = meanOf(events.map(({ chance }) => chance))
  const chance = { left, deletion: mean(left) }
  return {
    events: events.length,
    methods: methods.map((method, m) => comparedMethod(method, m, events, chance.deletion)),
    correlation: methods.map((_, a) =>
      methods.map((_, b) => mean(events.map(({ orders }) => rankCorrelation(orders[a], orders[b])))),
    ),
    random: chance,
  }
}

/** What is known of one event: by method, and of random orders. */
interface EventOrders {
  readonly orders: readonly (readonly number[])[]
  readonly scorings: readonly number[]
  readonly curves: readonly (readonly number[])[]
  readonly chance: readonly number[]
}

function comparedMethod(
  method: ExplainMethod,
  m: number,
  events: readonly EventOrders[],
  chance: number,
): ComparedMethod {
  const left = meanOf(events.map(({ curves }) => curves[m]))
  const gains = events.map(({ curves, chance }) => mean(chance) - mean(curves[m]))
  const better = gains.filter(gain => gain > 0).length
  return {
    method,
    scorings: mean(events.map(({ scorings }) => scorings[m])),
    left,
    deletion: mean(left),
    gain: chance - mean(left),
    better,
    pValue: signTest(better, gains.filter(gain => gain < 0).length),
  }
}

/** The share of the score of an event that is left when the first channels of an order read as the others call for. Scores of sets are kept. */
async function deletionOf({ rescorer, expectation, reference: { channels } }: Question) {
  const { scoreOf } = repairedScores(rescorer, expectation)
  const before = await rescorer.score(new Map())
  const most = Math.max(1, Math.min(MOST_DELETED, channels.length - 1))
  return async (order: readonly number[]): Promise<number[]> => {
    const left: number[] = []
    for (let k = 1; k <= most; k++) left.push((await scoreOf(order.slice(0, k))) / before)
    return left
  }
}

/**
 * Spearman correlation of two orders of the same things: 1 = the same order, -1 = the reverse; NaN for fewer than two.
 *
 * @example
 * import { rankCorrelation } from './compare-methods.js'
 * rankCorrelation([0, 1, 2], [2, 1, 0]) // => -1
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const n = a.length
  const place = new Map(b.map((item, k) => [item, k]))
  const square = a.reduce((sum, item, k) => sum + (k - (place.get(item) ?? 0)) ** 2, 0)
  return n < 2 ? Number.NaN : 1 - (6 * square) / (n * (n * n - 1))
}

/** Means at each place of lists of one length. */
function meanOf(lists: readonly (readonly number[])[]): number[] {
  const [first = []] = lists
  return first.map((_, k) => mean(lists.map(list => list[k])))
}
