/** Sums over the samples of a segment, from which a straight line through its amplitudes follows. */
export interface RampSums {
  readonly amplitudes: number
  readonly squares: number
  /** Each amplitude times the number of samples since the segment began. */
  readonly byTime: number
}

export const NO_SUMS: RampSums = { amplitudes: 0, squares: 0, byTime: 0 }

/** Part of the level that noise makes up: samples without a fault have about half of the level. */
const NOISE = 0.5
/** Largest logarithm of an error, in units of its level, that a line goes through. */
const MOST_SHARP = 20
/** Fewest samples of a ramp, and the least share of the variance that it explains. */
const FEWEST = 12
const LEAST_FIT = 0.7
/** A ramp at least doubles within its segment. */
const LARGEST_FIRST = 0.5
/** Farthest that a ramp begins before its segment: in lengths of the segment, and samples. */
const FARTHEST = 0.5
export const MOST_RAMP = 64

/** @param t samples since the segment began @param sharp logarithm of an error in units of its level, see `Scores.sharp` */
export function withSample({ amplitudes, squares, byTime }: RampSums, t: number, sharp: number): RampSums {
  const square = Math.max(0, Math.exp(Math.min(sharp, MOST_SHARP)) - NOISE)
  const amplitude = Math.sqrt(square)
  return {
    amplitudes: amplitudes + amplitude,
    squares: squares + square,
    byTime: byTime + t * amplitude,
  }
}

/**
 * Where a fault that grows evenly began: a drift stands out only when it has left the noise. Errors are about squares, so the square root of what they
 * have above the noise is a straight line, and the line is 0 where the fault begins (least squares).
 *
 * @param n samples of the segment
 * @returns samples before the segment, an integer >= 0; 0 of what is no ramp: a line that explains too little, or does not grow from low to high
 */
export function rampBefore({ amplitudes, squares, byTime }: RampSums, n: number): number {
  if (n < FEWEST) return 0
  const mean = amplitudes / n
  const middle = (n - 1) / 2
  const varianceOfTime = (n * (n * n - 1)) / 12
  const covariance = byTime - n * mean * middle
  const variance = squares - n * mean * mean
  const slope = covariance / varianceOfTime
  const first = mean - slope * middle
  const last = first + slope * (n - 1)
  const isRamp =
    slope > 0 &&
    covariance * covariance >= LEAST_FIT * varianceOfTime * variance &&
    first <= LARGEST_FIRST * last
  if (!isRamp) return 0
  return Math.max(0, Math.min(Math.round(first / slope), Math.ceil(FARTHEST * n), MOST_RAMP))
}
