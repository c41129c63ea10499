import type { AdaptiveThreshold } from './adaptive.js'

/** Limits of an adaptive level. */
export interface FollowOptions {
  /** A score is learned from once this many samples after it are not flagged either, and not before as many after a flagged one have passed. */
  readonly calm: number
  /** Largest ratio to the calibrated level, either way, whatever the rule: a fault is flagged at the latest at this many times the threshold. */
  readonly limit: number
}

/** State of an adaptive level. */
export interface Adaptation {
  readonly startLevel: number
  readonly endLevel: number
  readonly lowestLevel: number
  readonly highestLevel: number
  /** Number of scores it learnt from, and number of changes. */
  readonly learned: number
  readonly moves: number
  /** Largest ratio to `startLevel` that it may have, either way. */
  readonly limit: number
}

export interface LevelFollower {
  /** The level in force for the next raw score, which is then taken: above it, it is flagged. */
  next(score: number): number
  adaptation(): Adaptation
}

/**
 * Adapts a threshold to a stream. It learns neither from flagged samples nor from their neighbours: a fault also raises the scores before and
 * after the flagged ones, and these would shift the level towards it. It takes one score at a time, so parts of any length give the same levels.
 *
 * A score is flagged when, as float32, it is above 1 in units of the level, as published scores are. NaN is passed over. Cost O(1) a sample
 * besides that of the rule.
 *
 * @example
 * import { followLevel, quantileThreshold, rollingThreshold } from 'telltale'
 * const threshold = rollingThreshold(quantileThreshold(0.5)).fit(Float32Array.of(1, 2, 3))
 * followLevel(threshold, { calm: 10, limit: 2 }).next(1) // => 2
 */
export function followLevel(threshold: AdaptiveThreshold, { calm, limit }: FollowOptions): LevelFollower {
  const online = threshold.online()
  const start = threshold.level
  const bounded = () => Math.min(start * limit, Math.max(start / limit, online.level))
  /** Scores that wait until later scores are known to be unflagged, oldest first. */
  let waiting: number[] = []
  let suspect = 0
  let level = bounded()
  let [lowest, highest] = [level, level]
  let learned = 0
  let moves = 0

  const learn = (score: number) => {
    online.push(score)
    learned++
    const moved = bounded()
    if (moved !== level) moves++
    level = moved
    lowest = Math.min(lowest, level)
    highest = Math.max(highest, level)
  }
  return {
    next(score) {
      const inForce = level
      if (Number.isNaN(score)) return inForce
      if (Math.fround(score / inForce) > 1) {
        waiting = []
        suspect = calm
      } else if (suspect > 0) suspect--
      else {
        waiting.push(score)
        if (waiting.length > calm) learn(waiting.shift() as number)
      }
      return inForce
    },
    adaptation: () => ({
      startLevel: start,
      endLevel: level,
      lowestLevel: lowest,
      highestLevel: highest,
      learned,
      moves,
      limit,
    }),
  }
}
