/** Samples after which an event is standing: as many as say what a usual score is, see `baselineLengths`. */
export const STANDING = 1024
/** Samples at the beginning of an event that say nothing of how it stands: more than smooth scores reach. */
const BEGINNING = STANDING / 2
/** A rise is this many standard deviations of the logarithm above its mean, and a score at least twice as high as usual there: as far as the threshold of a fresh event is above 0.5. */
const DEVIATIONS = 4
const LEAST_RISE = Math.log(2)

/** Length of a state. */
export const STANDING_NUMBERS = 4

/** Whether a score is what it usually is since the event began, above half of a rise, a rise, or a rise that has lasted for so long that it is what is usual from now on. */
export type Height = 'usual' | 'climbing' | 'risen' | 'lasting'

/** Finds where the score of an event that has lasted for long rises above what it has been since. Memory and cost O(1). */
export interface StandingAlarm {
  /** Takes the score of a sample that is part of an open event. */
  push(score: number): Height
  /** The event is over. */
  reset(): void
  /** `[4]` for `standingAlarm`. */
  state(): Float64Array
}

/**
 * An alarm that stands for 1,024 samples hides what happens on top of it: a machine that operates differently for good is in alarm, and stays there. What its score usually is then follows from these samples: mean and
 * standard deviation of the logarithm. The first 512 say how it began and are left out; of those after them the first 1,024 have the same weight, later ones exponential weights of that length. A score 4 standard
 * deviations above, and at least twice as high, is a rise, which lasts while the score is above half of that. Its samples change nothing, and others no more than half of a rise would: a rise does not hide the next
 * one. What is usual is learnt again from one that has lasted for 1,024 samples.
 *
 * @param from `state()` of another one
 * @example
 * import { STANDING, standingAlarm } from './standing.js'
 * const standing = standingAlarm()
 * Array.from({ length: STANDING }, () => standing.push(2)).at(-1) // => 'usual'
 * standing.push(3) // => 'climbing'
 * standing.push(9) // => 'risen'
 * standing.push(3) // => 'risen'
 * standing.push(2) // => 'usual'
 */
export function standingAlarm(from: ArrayLike<number> = [0, 0, 0, 0]): StandingAlarm {
  let [count, mean, variance, risen] = Array.from(from)
  const reset = () => {
    ;[count, mean, variance, risen] = [0, 0, 0, 0]
  }
  return {
    push(score) {
      const logarithm = Math.log(score)
      const isKnown = count >= STANDING
      // An infinite score is a rise, and teaches nothing.
      if (!Number.isFinite(logarithm) && !(isKnown && logarithm > 0)) return risen > 0 ? 'risen' : 'usual'
      const distance = logarithm - mean
      const rise = Math.max(LEAST_RISE, DEVIATIONS * Math.sqrt(variance))
      const isHigh = isKnown && distance > rise / 2
      risen = isHigh && (risen > 0 || distance > rise) ? risen + 1 : 0
      if (risen > STANDING) {
        reset()
        return 'lasting'
      }
      if (risen > 0) return 'risen'
      const learnt = isKnown ? Math.max(-rise / 2, Math.min(rise / 2, distance)) : distance
      count = Math.min(count + 1, BEGINNING + STANDING)
      if (count > BEGINNING) {
        const weight = 1 / (count - BEGINNING)
        mean += learnt * weight
        variance = (1 - weight) * (variance + learnt ** 2 * weight)
      }
      return isHigh ? 'climbing' : 'usual'
    },
    reset,
    state: () => Float64Array.of(count, mean, variance, risen),
  }
}
