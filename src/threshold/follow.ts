import { createError } from '../core/errors.js'
import { checkState, nestedState, nestStates, type State, vector } from '../core/state.js'
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
  /** Where it is; `followLevel` with the same threshold and options continues from there. */
  state(): State
}

const KIND = 'online:level'

/**
 * Adapts a threshold to a stream. It learns neither from flagged samples nor from their neighbours: a fault also raises the scores before and
 * after the flagged ones, and these would shift the level towards it. It takes one score at a time, so parts of any length give the same levels.
 *
 * A score is flagged when, as float32, it is above 1 in units of the level, as published scores are. NaN is passed over. Cost O(1) a sample
 * besides that of the rule.
 *
 * @param from state of a follower of the same threshold with the same options
 * @throws ArtefactError `state-unfit`
 *
 * @example
 * import { followLevel } from './follow.js'
 * import { quantileThreshold } from './quantile.js'
 * import { rollingThreshold } from './rolling.js'
 * const threshold = rollingThreshold(quantileThreshold(0.5)).fit(Float32Array.of(1, 2, 3))
 * followLevel(threshold, { calm: 10, limit: 2 }).next(1) // => 2
 */
export function followLevel(
  threshold: AdaptiveThreshold,
  { calm, limit }: FollowOptions,
  from?: State,
): LevelFollower {
  const saved = from && checkState(from, KIND, 1, { waiting: null, numbers: 6 }).arrays
  const online = threshold.online(from && ruleOf(from))
  const start = threshold.level
  const bounded = () => Math.min(start * limit, Math.max(start / limit, online.level))
  /** Scores that wait until their successors are known to be calm, the oldest first. */
  let waiting = Array.from(saved?.waiting.data ?? [])
  let level = bounded()
  let [lowest, highest] = [level, level]
  let [suspect, learned, moves] = [0, 0, 0]
  if (saved) [level, lowest, highest, suspect, learned, moves] = saved.numbers.data

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
    state() {
      const rule = nestStates({ rule: online.state() })
      const numbers = Float64Array.of(level, lowest, highest, suspect, learned, moves)
      return {
        kind: KIND,
        version: 1,
        options: rule.options,
        arrays: { ...rule.arrays, waiting: vector(Float64Array.from(waiting)), numbers: vector(numbers) },
      }
    },
  }
}

function ruleOf(state: State): State {
  const rule = nestedState(state, 'rule')
  if (rule === undefined)
    throw createError('state-unfit', { got: `${KIND} without its rule`, wanted: `${KIND} with its rule` })
  return rule
}
