/** How large the logarithm of a member's smooth score usually is. */
export interface Usual {
  readonly median: number
  /** Distance of its 1 % and 99 % quantiles. */
  readonly spread: number
}

/** Keeps the logarithm of a score of 0 finite. */
export const LEAST_SCORE = 1e-3
/** Keeps a member whose scores hardly vary from drowning the others. */
export const LEAST_SPREAD = 0.1

/**
 * The exponent that makes scores proportional to errors: the logarithm of a score is then a weighted mean, over members and scales, of the logarithm
 * of a smooth error in units of its median, each weighing one over the usual spread of that logarithm.
 *
 * @param powers of the members' residuals
 */
export function honestExponent(usual: readonly (readonly Usual[])[], powers: readonly number[]): number {
  let weights = 0
  let count = 0
  usual.forEach((scales, m) => {
    for (const { spread } of scales) {
      weights += powers[m] / (spread + LEAST_SPREAD)
      count++
    }
  })
  return count / weights
}
