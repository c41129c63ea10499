import { descending } from './descending.js'

/** Each dominant channel has more than this many times the score of all channels that are not dominant together: one channel alone more than three quarters of it. */
const OVER_OTHERS = 3
/** Dominant channels at most, and at most half of all: a score that most channels have a part of is spread, not theirs. */
const MOST_DOMINANT = 3

/**
 * The channels with nearly all of a score between them, the fewest there are; none for a score that is spread. A frozen channel is in its band, and what is wrong with it is in its share
 * alone; where several freeze together each of them has a part that is far above what all others have.
 *
 * @param shares `[C]` of the score
 *
 * @example
 * import { dominantChannels } from './dominant.js'
 * dominantChannels(Float64Array.of(0.02, 0.8, 0.1, 0.08)) // => [1]
 * dominantChannels(Float64Array.of(0.4, 0.05, 0.05, 0.5)) // => [3, 0]
 * dominantChannels(Float64Array.of(0.4, 0.3, 0.2, 0.1)) // => []
 */
export function dominantChannels(shares: Float64Array): number[] {
  const order = descending(shares)
  const most = Math.max(1, Math.min(MOST_DOMINANT, Math.floor(shares.length / 2)))
  let rest = shares.reduce((sum, share) => sum + share, 0)
  for (let count = 1; count <= most; count++) {
    const last = shares[order[count - 1]]
    rest -= last
    if (last > OVER_OTHERS * rest) return order.slice(0, count)
  }
  return []
}
