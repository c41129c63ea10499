import { type Random, shuffle } from '../core/random.js'

/** A score as a function of the channels that keep their readings; those left out read as the baseline says. */
export type ScoreOf = (kept: readonly number[]) => number | Promise<number>

/**
 * Shapley values by sampling of permutations, each with its reverse: what a channel adds to the score on average over all orders in which the channels
 * can be put back. They add up to the score minus that of the baseline, exactly, whatever the number of permutations. Positive = raised the score.
 *
 * @param pairs permutations and their reverses: `2 * pairs * channels` evaluations
 * Source: Castro, Gomez & Tejada, Computers & Operations Research 36 (2009); reverses: Mitchell et al., JMLR 23 (2022).
 */
export async function shapleyValues(
  scoreOf: ScoreOf,
  channels: number,
  pairs: number,
  random: Random,
): Promise<Float64Array> {
  const values = new Float64Array(channels)
  const order = Array.from({ length: channels }, (_, c) => c)
  const empty = await scoreOf([])
  for (let k = 0; k < pairs; k++) {
    shuffle(order, random)
    for (const sequence of [order, [...order].reverse()]) {
      const kept: number[] = []
      let before = empty
      for (const c of sequence) {
        kept.push(c)
        const after = await scoreOf(kept)
        values[c] += (after - before) / (2 * pairs)
        before = after
      }
    }
  }
  return values
}
