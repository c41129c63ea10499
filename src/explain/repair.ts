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
}

/** A channel joins a set only when it lowers the score by this share. */
const LEAST_GAIN = 0.1

/**
 * Counterfactual repair: replaces channels over the event by what the other channels call for, scores again, and keeps the smallest set that brings the
 * score to the threshold or below; of sets of one size the one that is the most suspicious. A residual shows where the error of a faulty channel was
 * spread to; this shows which channel explains the event.
 *
 * Greedy with a beam: sets grow by one channel per round from the best of the round before, and the first one that clears the event ends the search. When no
 * set within the budget clears it, the best set in which each channel lowers the score by a tenth.
 *
 * @param order numbers of the channels, the most suspicious first
 */
export async function repairEvent(
  rescorer: Rescorer,
  expectation: ChannelExpectation,
  order: readonly number[],
  { budget = 12, beam = 2, candidates = 4 }: EventRepairOptions = {},
): Promise<Repair> {
  const tried = order.slice(0, candidates)
  const before = await rescorer.before()
  const used = () => rescorer.evaluations()
  const most = used() + budget
  let best: { channels: readonly number[]; score: number } = { channels: [], score: before }
  let front = [best]
  const seen = new Set<string>()
  while (!(best.score <= 1) && used() < most && front.length > 0) {
    const found: { channels: readonly number[]; score: number }[] = []
    search: for (const { channels, score } of front)
      for (const c of tried) {
        const set = [...channels, c].sort((a, b) => a - b)
        if (channels.includes(c) || seen.has(set.join()) || used() >= most) continue
        seen.add(set.join())
        const repaired = await rescorer.score(await replacement(expectation, set, rescorer.range))
        if (repaired <= Math.max(1, (1 - LEAST_GAIN) * score))
          found.push({ channels: [...channels, c], score: repaired })
        if (repaired <= 1) break search
      }
    found.sort((a, b) => a.score - b.score)
    front = found.slice(0, beam)
    if (front.length > 0 && front[0].score < best.score) best = front[0]
  }
  return {
    channels: best.channels,
    before,
    after: best.score,
    clears: best.score <= 1,
    evaluations: used(),
  }
}

/** What a set of channels should read over a range, given the channels outside of the set. */
export async function replacement(
  expectation: ChannelExpectation,
  channels: readonly number[],
  range: Interval,
): Promise<Replacement> {
  const readings = new Map<number, Float64Array>()
  for (const c of channels) readings.set(c, (await expectation.of(c, channels, range)).values)
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
