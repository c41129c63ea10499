import type { Threshold } from '../core/contracts.js'
import {
  decluster,
  fitGeneralisedPareto,
  type GeneralisedPareto,
  paretoQuantile,
  quantileOfSorted,
} from '../stats/index.js'
import { fixedThreshold, usableScores } from './fixed.js'
import { rankedScore } from './quantile.js'

export interface PotOptions {
  /** Probability that a normal sample starts an interval above the level, in (0, 1). Default 1e-4. */
  readonly risk?: number
  /** The tail begins at this quantile of the scores. Default 0.98. */
  readonly tail?: number
  /** Exceedances with at most this many samples between them are one, of which the peak counts. Default 0 (Siffer's uses every exceedance). */
  readonly mergeGap?: number
}

/** What a tail was fitted to. */
export interface PotFit {
  readonly base: number
  /** Peaks minus base, in time order. */
  readonly excesses: readonly number[]
  readonly tail: GeneralisedPareto
  readonly level: number
}

/** With fewer peaks than this a fitted tail is less reliable than the empirical quantile. */
export const FEWEST_PEAKS = 10

/**
 * Peaks over threshold: the level that a normal sample passes with probability `risk`, beyond the largest score seen if need be, from a generalised
 * Pareto tail of the peaks over a high quantile. z = t + (scale / shape) ((risk n / peaks)^-shape - 1).
 *
 * With fewer than 10 peaks it is the quantile 1 - risk. NaN is left out and counted in the state. Errors: `data-calibration-short`.
 * Source: Siffer et al. 2017, eq. 1; fit by Zhang and Stephens 2009 in place of Grimshaw's search.
 */
export function potThreshold(options: PotOptions = {}): Threshold {
  const { risk, tail, mergeGap } = potDefaults(options)
  return {
    fit(scores) {
      const { counts } = usableScores(scores, 'a tail')
      const fit = fitPot(scores, { risk, tail, mergeGap })
      return fixedThreshold('threshold:pot', fit.level, {
        risk,
        tail,
        mergeGap,
        peaks: fit.excesses.length,
        shape: fit.tail.shape,
        scale: fit.tail.scale,
        ...counts,
      })
    },
  }
}

/** The options with every default filled in. */
export function potDefaults({ risk = 1e-4, tail = 0.98, mergeGap = 0 }: PotOptions): Required<PotOptions> {
  return { risk, tail, mergeGap }
}

/** The tail of some scores and the level it gives. */
export function fitPot(scores: ArrayLike<number>, { risk, tail, mergeGap }: Required<PotOptions>): PotFit {
  const { sorted } = usableScores(scores, 'a tail')
  const base = quantileOfSorted(sorted, tail)
  const excesses = decluster(scores, base, { mergeGap, minLength: 1 }).map(({ peak }) => peak - base)
  const fitted = excesses.length === 0 ? { shape: 0, scale: 0 } : fitGeneralisedPareto(excesses)
  const level =
    excesses.length < FEWEST_PEAKS
      ? rankedScore(sorted, 1 - risk)
      : potLevel(base, fitted, risk, sorted.length, excesses.length)
  return { base, excesses, tail: fitted, level }
}

/** Level of a risk below the share of peaks; at least the base. */
export function potLevel(
  base: number,
  tail: GeneralisedPareto,
  risk: number,
  n: number,
  peaks: number,
): number {
  return base + paretoQuantile(tail, Math.min(1, (risk * n) / peaks))
}
