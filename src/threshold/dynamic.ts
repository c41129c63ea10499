import type { Threshold } from '../core/contracts.js'
import { mean, standardDeviation } from '../stats/index.js'
import { fixedThreshold, usableScores } from './fixed.js'

/** Multiples of the standard deviation that are tried: 2 to 10 in steps of 0.5, the range of the paper. */
const FACTORS = Array.from({ length: 17 }, (_, i) => 2 + i / 2)
/** A peak counts when the next lower one is at least this share below it. */
const LEAST_DROP = 0.13

/**
 * Nonparametric dynamic threshold of Telemanom: of the levels mean + z sd (z = 2, 2.5 .. 10) the one that lowers mean and sd the most, when the
 * samples above it are removed, for the fewest samples and intervals: max (dmean / mean + dsd / sd) / (samples + intervals^2). Peaks that are not
 * at least 13 % above the next lower one are then removed by raising the level to them.
 *
 * It looks for anomalies in the scores it is fitted to, so the scores may hold some. When nothing stands out it is the higher of mean + 10 sd
 * and the largest score. NaN is left out and counted in the state. Errors: `data-calibration-short`. Cost O(n).
 * Source: Hundman et al. 2018, section 3.2 and 3.3.
 */
export function dynamicThreshold(): Threshold {
  return {
    fit(scores) {
      const { counts } = usableScores(scores, 'a dynamic threshold')
      return fixedThreshold('threshold:dynamic', dynamicLevel(scores), counts)
    },
  }
}

function dynamicLevel(scores: ArrayLike<number>): number {
  const centre = mean(scores)
  const sd = standardDeviation(scores)
  let best = Number.NEGATIVE_INFINITY
  let level = Math.max(centre + 10 * sd, maxOf(scores, Number.POSITIVE_INFINITY))
  for (const factor of FACTORS) {
    const value = worth(scores, centre, sd, centre + factor * sd)
    if (value > best) [best, level] = [value, centre + factor * sd]
  }
  return best > Number.NEGATIVE_INFINITY ? prune(scores, level) : level
}

/** How much mean and sd fall when the samples above a level are removed, over the cost; -Infinity when none or half of all are above it. */
function worth(scores: ArrayLike<number>, centre: number, sd: number, level: number): number {
  const below: number[] = []
  let above = 0
  let stretches = 0
  let inside = false
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue
    const exceeds = scores[i] > level
    if (exceeds) {
      above++
      if (!inside) stretches++
    } else below.push(scores[i])
    inside = exceeds
  }
  if (above === 0 || above >= below.length) return Number.NEGATIVE_INFINITY
  return ((centre - mean(below)) / centre + (sd - standardDeviation(below)) / sd) / (above + stretches ** 2)
}

/** The level, raised to the highest peak that does not stand out. */
function prune(scores: ArrayLike<number>, level: number): number {
  const peaks: number[] = []
  let peak = Number.NEGATIVE_INFINITY
  for (let i = 0; i <= scores.length; i++) {
    if (scores[i] > level) peak = Math.max(peak, scores[i])
    else if (peak > level) {
      peaks.push(peak)
      peak = Number.NEGATIVE_INFINITY
    }
  }
  peaks.sort((a, b) => b - a)
  const ladder = [...peaks, maxOf(scores, level)]
  // The last drop that is large enough separates what stands out from what does not.
  const last = peaks.findLastIndex((value, i) => (value - ladder[i + 1]) / value >= LEAST_DROP)
  return Math.max(level, ladder[last + 1])
}

/** Largest score that is not above the level. */
function maxOf(scores: ArrayLike<number>, level: number): number {
  let max = Number.NEGATIVE_INFINITY
  for (let i = 0; i < scores.length; i++) if (scores[i] <= level && scores[i] > max) max = scores[i]
  return max
}
