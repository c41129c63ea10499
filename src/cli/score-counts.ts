import { scoredCount } from '../detect/index.js'

/** How many samples there are, how many of them have a score, and how many a flag. */
export interface ScoreCounts {
  readonly samples: number
  readonly scored: number
  readonly flagged: number
}

export const NO_SCORES: ScoreCounts = { samples: 0, scored: 0, flagged: 0 }

/** `before` plus the counts of a series or of its next part. */
export function countScores(score: Float32Array, flag: Uint8Array, before = NO_SCORES): ScoreCounts {
  return {
    samples: before.samples + score.length,
    scored: before.scored + scoredCount(score),
    flagged: before.flagged + countOnes(flag),
  }
}

/** How many marks are 1: labels or flags. */
export function countOnes(marks: Uint8Array): number {
  return marks.reduce((sum, mark) => sum + mark, 0)
}

/** The smallest p-value that the calibration scores of a model can give. */
export function leastPValueOf(calibrationScores: Float32Array): number {
  return 1 / (1 + scoredCount(calibrationScores))
}
