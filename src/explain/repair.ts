import type { Interval } from '../core/frame.js'
import type { ChannelExpectation } from './expectation.js'
import type { ScoredSeries } from './reference.js'
import type { Replacement, Rescorer } from './rescore.js'

/** The channels that have to read differently for the event to be gone. */
export interface Repair {
  /** Numbers of the channels, the one that lowers the score most first. */
  readonly channels: readonly number[]
  /** Score of the event as it is, and with these channels as expected. */
  readonly before: number
  readonly after: number
  /** Whether `after` is at or below the threshold. */
  readonly clears: boolean
  readonly evaluations: number
}

export interface EventRepairOptions {
  /** Most evaluations of the detector. Default 12. */
  readonly budget?: number
  /** Sets that are extended in each round. Default 2. */
  readonly beam?: number
  /** Channels that are tried. Default 4. */
  readonly candidates?: number
  /** Channels with nearly all of the score between them, the first suspects: no set without them explains an event that is not cleared. */
  readonly dominant?: readonly number[]
  /** Channels that are wrong whatever the score says, because they are frozen: tried together, before all others. */
  readonly wrong?: readonly number[]
}

/** Numbers of the channels, the most suspicious first, when some are not trusted as evidence. */
export type Suspects = (without: readonly number[]) => Promise<readonly number[]>

/** A channel joins a set only when it lowers the score by this share. */
const LEAST_GAIN = 0.1
/** Channels that are tried alone where not even all candidates together clear the event. */
const HOPELESS = 3

/** Channels, and the score of the event when they read as the others call for. */
interface Repaired {
  readonly channels: readonly number[]
  readonly score: number
}

/**
 * Counterfactual repair: replaces channels over the event by what the other channels call for, scores again, and keeps the smallest set that brings the
 * score to the threshold or below; of sets of one size the one that is the most suspicious. A residual shows where the error of a faulty channel was
 * spread to; this shows which channel explains the event.
 *
 * First the channels that are wrong anyway, together. Then the most suspicious one alone, then with the next one that is dominant or else the most suspicious
 * without it, then all candidates together: where these do not clear the event nothing does, and two more channels are tried alone. Else greedy with a beam:
 * sets grow by one channel per round from the best of the round before, and the first one that clears the event ends the search. When no set within the
 * budget clears it, the best set in which each channel lowers the score by a tenth.
 */
export async function repairEvent(
  rescorer: Rescorer,
  expectation: ChannelExpectation,
  suspects: Suspects,
  { budget = 12, beam = 2, candidates = 4, dominant = [], wrong = [] }: EventRepairOptions = {},
): Promise<Repair> {
  const before = await rescorer.before()
  let most = rescorer.evaluations() + budget
  const isSpent = () => rescorer.evaluations() >= most
  const { scoreOf, isKnown } = repairedScores(rescorer, expectation)
  const repairOf = ({ channels, score }: Repaired): Repair => ({
    channels,
    before,
    after: score,
    clears: score <= 1,
    evaluations: rescorer.evaluations(),
  })
  const clearing = async (channels: readonly number[]): Promise<Repaired | undefined> => {
    if (isSpent()) return undefined
    const score = await scoreOf(channels)
    return score <= 1 ? { channels, score } : undefined
  }
  const none: Repaired = { channels: [], score: before }
  if (before <= 1) return repairOf(none)
  const known: Repaired = wrong.length > 0 ? { channels: wrong, score: await scoreOf(wrong) } : none
  if (known.score <= 1) return repairOf(known)
  const order = await suspects([])
  const [first] = order
  const alone = await clearing([first])
  if (alone) return repairOf(alone)
  let tried = order.slice(0, candidates)
  if (order.length > 1) {
    const second = dominant[1] ?? ((await suspects([first])).find(c => c !== first) as number)
    const pair = await clearing([first, second])
    if (pair) {
      const other = isSpent() ? Number.POSITIVE_INFINITY : await scoreOf([second])
      if (other <= 1) return repairOf({ channels: [second], score: other })
      return repairOf(other < (await scoreOf([first])) ? { ...pair, channels: [second, first] } : pair)
    }
    tried = [...new Set([first, second, ...order])].slice(0, candidates)
    if ((await clearing(tried)) === undefined) {
      tried = tried.slice(0, HOPELESS)
      most = Math.min(most, rescorer.evaluations() + HOPELESS - 1)
    }
  }
  let best = known.score <= before * (1 - LEAST_GAIN) ** wrong.length ? known : none
  let front = [none]
  const seen = new Set<string>()
  while (!(best.score <= 1) && front.length > 0) {
    const found: Repaired[] = []
    search: for (const { channels, score } of front)
      for (const c of tried) {
        const set = [...channels, c]
        if (channels.includes(c) || seen.has(keyOf(set)) || (isSpent() && !isKnown(set))) continue
        seen.add(keyOf(set))
        const repaired = await scoreOf(set)
        if (repaired <= Math.max(1, (1 - LEAST_GAIN) * score)) found.push({ channels: set, score: repaired })
        if (repaired <= 1) break search
      }
    found.sort((a, b) => a.score - b.score)
    front = found.slice(0, beam)
    if (front.length > 0 && front[0].score < best.score) best = front[0]
  }
  if (best.score <= 1 || dominant.every(c => best.channels.includes(c))) return repairOf(best)
  const score = await scoreOf(dominant)
  return repairOf(score < before ? { channels: dominant, score } : none)
}

const keyOf = (channels: readonly number[]) => [...channels].sort((a, b) => a - b).join()

/** Scores of an event when sets of channels read as the others call for. A set is scored once. */
export function repairedScores(rescorer: Rescorer, expectation: ChannelExpectation) {
  const known = new Map<string, number>()
  return {
    isKnown: (channels: readonly number[]) => known.has(keyOf(channels)),
    async scoreOf(channels: readonly number[]): Promise<number> {
      const key = keyOf(channels)
      const score =
        known.get(key) ?? (await rescorer.score(await replacement(expectation, channels, rescorer.replaced)))
      known.set(key, score)
      return score
    },
  }
}

/** Of the usual error of a channel: far below what any detector sees, and enough for two readings to differ. */
const LEAST_CHANGE = 1e-3

/**
 * What a set of channels should read over a range, given the channels outside of the set. Where that stays the same it alternates by a thousandth of the usual error: a reading that
 * repeats is a frozen sensor.
 */
export async function replacement(
  expectation: ChannelExpectation,
  channels: readonly number[],
  range: Interval,
): Promise<Replacement> {
  const readings = new Map<number, Float64Array>()
  for (const c of channels) {
    const { values, usualError } = await expectation.of(c, channels, range)
    const isRepeat = (i: number) => values[i] === values[i - 1] || values[i] === values[i + 1]
    const change = (i: number) => (isRepeat(i) ? (i % 2 === 0 ? 1 : -1) * LEAST_CHANGE * usualError : 0)
    readings.set(
      c,
      values.map((value, i) => value + change(i)),
    )
  }
  return readings
}

/** `[C]` root mean square over a range of reading minus expected, in usual errors of the channel. */
export async function standardisedErrors(
  { frame }: ScoredSeries,
  expectation: ChannelExpectation,
  range: Interval,
  without: readonly number[] = [],
): Promise<Float64Array> {
  const width = frame.channels.length
  const errors = new Float64Array(width)
  for (let c = 0; c < width; c++) {
    const { values, usualError } = await expectation.of(c, without, range)
    let sum = 0
    let count = 0
    for (let i = 0; i < values.length; i++) {
      const z = (frame.values[(range.start + i) * width + c] - values[i]) / usualError
      if (!Number.isFinite(z)) continue
      sum += z * z
      count++
    }
    errors[c] = count > 0 ? Math.sqrt(sum / count) : 0
  }
  return errors
}
