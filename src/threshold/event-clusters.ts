import type { EventCounting } from '../core/contracts.js'
import { type Cluster, decluster } from '../stats/index.js'

/** A flagged score is above its level: at this fraction of a score the sample is flagged, in single precision too. */
const JUST_BELOW = 1 - 1e-6

/**
 * Intervals of scores that make events at a level, so far apart that they are independent under the event rules: every sample that can prolong an
 * event belongs to its interval. Their `peak` is the highest level at which they still make an event.
 *
 * A cool-down reaches beyond an interval: it is left out. Cost O(n), and O(m log m) for an interval of m samples.
 *
 * @param gap exceedances with more samples between them are independent
 */
export function eventClusters(
  scores: ArrayLike<number>,
  level: number,
  counting: EventCounting,
  gap: number,
): Cluster[] {
  const { calm, closeBelow } = counting
  const stretches = decluster(scores, level * closeBelow, { mergeGap: Math.max(gap, calm), minLength: 1 })
  return stretches.flatMap(({ start, end, peak }) => {
    // Most intervals of a lower closing level never pass the level itself.
    if (!(peak > level)) return []
    const inside: number[] = Array.prototype.slice.call(scores, start, end)
    const highest = highestLevel(inside, level, counting)
    return highest === undefined ? [] : [{ start, end, peak: highest }]
  })
}

/** A lower level only ever adds flags, so that the highest level with an event can be searched by halving. */
function highestLevel(inside: number[], level: number, counting: EventCounting): number | undefined {
  const { criticalScore } = counting
  const opens = (candidate: number) => counting.count(inside, candidate * JUST_BELOW) > 0
  const candidates = inside.flatMap(score => [score, score / criticalScore]).filter(value => value > level)
  candidates.sort((a, b) => a - b)
  if (candidates.length > 0 && opens(candidates[candidates.length - 1]))
    return candidates[candidates.length - 1]
  let low = -1
  let high = candidates.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (opens(candidates[middle])) low = middle
    else high = middle
  }
  return candidates[low]
}
