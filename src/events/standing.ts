/** Samples after which an event is standing: as many as say what a usual score is, see `baselineLengths`. */
export const STANDING = 1024
/** A rise is this many standard deviations of the logarithm above its mean, and a score at least twice as high as usual there: as far as the threshold of a fresh event is above 0.5. */
const DEVIATIONS = 4
const LEAST_RISE = Math.log(2)

/** Length of a state. */
export const STANDING_NUMBERS = 4

/** Finds where the score of an event that has lasted for long rises above what it has been since. Memory and cost O(1). */
export interface StandingAlarm {
  /** Takes the score of a sample that is part of an open event. @returns number of samples, this one included, since the score rose; 0 while it has not */
  push(score: number): number
  /** The event is over. */
  reset(): void
  /** `[4]` for `standingAlarm`. */
  state(): Float64Array
}

/**
 * An alarm that stands for 1,024 samples hides what happens on top of it: a machine that operates differently for good is in alarm, and stays there. What its score usually is then follows from these samples: mean and
 * standard deviation of the logarithm, from all of the first 1,024 samples and of later ones by exponential weights of that length. A score 4 standard deviations above, and at least twice as high, is a rise; it is over
 * when the score has come back by half of that, and no sample counts as further away: a rise does not hide the next one, and one that lasts becomes usual.
 *
 * @param from `state()` of another one
 * @example
 * import { STANDING, standingAlarm } from './standing.js'
 * const standing = standingAlarm()
 * Array.from({ length: STANDING }, () => standing.push(2)).at(-1) // => 0
 * standing.push(3) // => 0
 * standing.push(9) // => 1
 * standing.push(9) // => 2
 */
export function standingAlarm(from: ArrayLike<number> = [0, 0, 0, 0]): StandingAlarm {
  let [count, mean, variance, risen] = Array.from(from)
  return {
    push(score) {
      const logarithm = Math.log(score)
      if (!Number.isFinite(logarithm)) return risen
      const distance = logarithm - mean
      const rise = Math.max(LEAST_RISE, DEVIATIONS * Math.sqrt(variance))
      const isKnown = count >= STANDING
      risen = isKnown && distance > (risen > 0 ? rise / 2 : rise) ? risen + 1 : 0
      const most = isKnown ? rise / 2 : Number.POSITIVE_INFINITY
      const learnt = Math.max(-most, Math.min(most, distance))
      count = Math.min(count + 1, STANDING)
      mean += learnt / count
      variance = (1 - 1 / count) * (variance + learnt ** 2 / count)
      return risen
    },
    reset() {
      ;[count, mean, variance, risen] = [0, 0, 0, 0]
    },
    state: () => Float64Array.of(count, mean, variance, risen),
  }
}
