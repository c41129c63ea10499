import type { AnomalyEvent } from '../core/contracts.js'
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

/** Whether events take more than half of the scored samples: then they are no faults in normal operation, the operation is another one, or the fault has long been there. */
export const isMostlyInEvents = (
  events: readonly Pick<AnomalyEvent, 'start' | 'end'>[],
  { scored }: Pick<ScoreCounts, 'scored'>,
): boolean => 2 * events.reduce((sum, { start, end }) => sum + end - start, 0) > scored

export const MOSTLY_IN_EVENTS =
  'events last for more than half of the scored samples: most of the data differ from the history. If the machine is well, its operation has changed: `telltale drift check` names the channels, and `telltale train` on a history with this operation learns it'
