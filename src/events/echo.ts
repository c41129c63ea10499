/** Middle one of the scales of 4, 16 and 64 samples at which scores are smoothed. */
const SCALE = 16
/** Of scores that are smoothed over the length of an event alone: above their scale. */
const OF_LENGTH = 0.5

/**
 * The score that a short fault still has `distance` samples away from it, because scores are smooth, at most; and that of two faults together where each is this far away. What is above it is no echo:
 * further away than half of the middle scale, the kernel at several scales falls to less than half of this.
 *
 * @param score the highest of the fault
 * @param eventLength what scores are smoothed over alone, samples, see `EventRules`
 * @example
 * import { echoAt } from './echo.js'
 * echoAt(6, 32) // => 2
 */
export function echoAt(score: number, distance: number, eventLength = 0): number {
  const scale = Math.max(SCALE, OF_LENGTH * eventLength)
  return distance > scale / 2 ? score / (1 + distance / scale) : score
}
