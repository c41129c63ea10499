/** Knows the highest of the scores that came. */
export interface HighestScores {
  /** Whether a score is among the highest of those so far, itself included. Cost O(most). */
  add(score: number): boolean
}

/**
 * Chooses the events that are worth an explanation while they come: all of the `most` with the highest scores are chosen, and of N events in any order
 * about `most * ln(N / most)` more.
 *
 * @example
 * import { highestScores } from './highest-scores.js'
 * const highest = highestScores(2)
 * const chosen = [3, 1, 2, 1].map(score => highest.add(score))
 * chosen // => [true, true, true, false]
 */
export function highestScores(most: number): HighestScores {
  /** Ascending. */
  const scores: number[] = []
  return {
    add(score) {
      if (scores.length >= most && score <= scores[0]) return false
      const at = scores.findIndex(known => known > score)
      scores.splice(at < 0 ? scores.length : at, 0, score)
      if (scores.length > most) scores.shift()
      return true
    },
  }
}
