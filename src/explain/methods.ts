import { createRandom } from '../core/random.js'
import { shapleyValues } from './attribution.js'
import { decompose } from './decompose.js'
import { descending } from './descending.js'
import { dominantChannels } from './dominant.js'
import { integratedGradients, STEPS, type WindowAttribution } from './integrated-gradients.js'
import { movements } from './movement.js'
import type { Question } from './question.js'
import { type Repair, repairEvent, replacement, standardisedErrors } from './repair.js'
import type { Replacement } from './rescore.js'

/** How the part of a channel in an event is found. */
export const EXPLAIN_METHODS = [
  'repair',
  'standardised',
  'movement',
  'decomposition',
  'permutation',
  'shapley',
  'integrated-gradients',
] as const
export type ExplainMethod = (typeof EXPLAIN_METHODS)[number]

/** What a method says about an event. */
export interface Attribution {
  /** Numbers of the channels, the most important first. */
  readonly order: readonly number[]
  /** `[C]` in the unit of the method: share of the score (repair, decomposition), usual errors (standardised), usual ranges (movement), score (permutation, shapley, integrated-gradients). */
  readonly values: Float64Array
  readonly repair: Repair | null
  /** Of standardised errors: the channels that explain the event, because nearly all of the score is theirs, they are far off or frozen; none where no channel is. */
  readonly found?: readonly number[]
  /** Of integrated gradients: every reading of the window that was looked at. */
  readonly window?: WindowAttribution
}

const REPAIR_BUDGET = 12
const DRAWS_PER_CHANNEL = 20

/** Evaluations of the detector per event at most. */
export function defaultBudget(method: ExplainMethod, channels: number): number {
  if (method === 'repair') return REPAIR_BUDGET
  return method === 'integrated-gradients' ? STEPS : DRAWS_PER_CHANNEL * channels
}

/** Asks a method which channels an event is made of. */
export function attribute(method: ExplainMethod, question: Question): Promise<Attribution> {
  return METHODS[method](question)
}

const METHODS: Record<ExplainMethod, (question: Question) => Promise<Attribution>> = {
  repair: byRepair,
  standardised: byStandardisedError,
  movement: async question => ranked(movements(question)),
  decomposition: async question => ranked(shares(question)),
  permutation: async question => ranked(await byPermutation(question)),
  shapley: async question => ranked(await byShapley(question)),
  'integrated-gradients': byIntegratedGradients,
}

function ranked(values: Float64Array): Attribution {
  return { order: descending(values), values, repair: null }
}

function shares({ series, event }: Question): Float64Array {
  const { total, channels } = decompose(series, event)
  return channels.map(part => (total > 0 ? part / total : 0))
}

/**
 * The channels of the repair, where it found none the one with the largest standardised error; then the others by how far they moved: people list what moved. Those that are tried are the most suspicious by
 * standardised error and by share, in turn; before them those with nearly all of the score.
 */
async function byRepair(question: Question): Promise<Attribution> {
  const { series, expectation, rescorer, frozen, budget } = question
  const values = shares(question)
  const byShare = descending(values)
  const dominant = dominantChannels(values)
  const wrong = byShare.filter(c => frozen.includes(c))
  const suspects = async (without: readonly number[]) => {
    const byError = descending(await standardisedErrors(series, expectation, rescorer.range, without))
    if (without.length > 0) return byError
    const inTurn = byError.flatMap((c, k) => [c, byShare[k]])
    return [...new Set([...dominant, ...inTurn])]
  }
  const repair = await repairEvent(rescorer, expectation, suspects, { budget, dominant, wrong })
  const first = repair.channels.length > 0 ? repair.channels : (await suspects([])).slice(0, 1)
  const rest = descending(movements(question)).filter(c => !first.includes(c))
  return { order: [...first, ...rest], values, repair }
}

/** Channels that are taken out of the evidence at most, and the least error for it. */
const MOST_DISTRUSTED = 3
const LEAST_ERROR = 3

/**
 * The channel that is furthest from what the others call for, in usual errors; then the next one when the first is no evidence any more, and so on: a faulty
 * channel makes those that depend on it look wrong. Frozen channels are no evidence from the beginning, and explain the event when none of the others is far off. Needs no scorings.
 */
async function byStandardisedError(question: Question): Promise<Attribution> {
  const { series, expectation, rescorer, frozen } = question
  const errorsWithout = (set: readonly number[]) =>
    standardisedErrors(series, expectation, rescorer.range, set)
  const chosen: number[] = []
  const isTaken = (c: number) => chosen.includes(c) || frozen.includes(c)
  let values = await errorsWithout(frozen)
  const worstOf = () => descending(values.map((value, c) => (isTaken(c) ? -1 : value)))[0]
  const first = values[worstOf()]
  while (chosen.length < MOST_DISTRUSTED) {
    const worst = worstOf()
    if (isTaken(worst) || values[worst] < Math.max(LEAST_ERROR, first / 2)) break
    chosen.push(worst)
    const next = await errorsWithout([...frozen, ...chosen])
    values = next.map((value, c) => (isTaken(c) ? values[c] : value))
  }
  const dominant = dominantChannels(shares(question))
  const found = [dominant, chosen, frozen].find(({ length }) => length > 0) ?? []
  const order = [...new Set([...found, ...chosen, ...descending(values)])]
  return { order, values, repair: null, found }
}

/** How much the score falls, on average, when a channel reads as in some part of normal operation. Baseline: those readings. */
async function byPermutation({ reference, rescorer, seed, budget }: Question): Promise<Float64Array> {
  const { frame } = reference
  const width = frame.channels.length
  const { start, end } = rescorer.replaced
  const random = createRandom(seed)
  const before = await rescorer.before()
  const draws = Math.max(1, Math.floor(budget / width))
  const falls = new Float64Array(width)
  for (let c = 0; c < width; c++) {
    let sum = 0
    for (let k = 0; k < draws; k++) {
      const from = random.integer(Math.max(1, reference.rows.length - (end - start)))
      const readings = Float64Array.from({ length: end - start }, (_, i) => {
        const row = reference.rows[(from + i) % reference.rows.length]
        return frame.values[row * width + c]
      })
      sum += await rescorer.score(new Map([[c, readings]]))
    }
    falls[c] = before - sum / draws
  }
  return falls
}

/** Shapley values; the baseline of a channel is what the other channels call for. */
async function byShapley({
  expectation,
  reference,
  rescorer,
  seed,
  budget,
}: Question): Promise<Float64Array> {
  const width = reference.channels.length
  const all = new Map<number, ArrayLike<number>>()
  for (let c = 0; c < width; c++)
    for (const [channel, readings] of await replacement(expectation, [c], rescorer.replaced))
      all.set(channel, readings)
  const known = new Map<string, number>()
  const scoreOf = async (kept: readonly number[]) => {
    const key = [...kept].sort((a, b) => a - b).join()
    const score = known.get(key) ?? (await rescorer.score(without(all, kept)))
    known.set(key, score)
    return score
  }
  return shapleyValues(scoreOf, width, Math.max(1, Math.floor(budget / (2 * width))), createRandom(seed))
}

/** The sum over the window for each channel; 0 where no window of the event is whole. */
async function byIntegratedGradients(question: Question): Promise<Attribution> {
  const { model, series, expectation, rescorer, event, session, budget } = question
  const { frame } = series
  const within = {
    start: Math.max(event.start, rescorer.range.start),
    end: Math.min(event.end, rescorer.range.end),
  }
  const window = await integratedGradients(model, frame, expectation, within, session, budget)
  const values = new Float64Array(frame.channels.length)
  window?.cells.forEach((cell, at) => {
    values[at % values.length] += cell
  })
  return { ...ranked(values), ...(window && { window }) }
}

function without(all: Replacement, kept: readonly number[]): Replacement {
  return new Map([...all].filter(([c]) => !kept.includes(c)))
}
