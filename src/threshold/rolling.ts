import type { Threshold } from '../core/contracts.js'
import type { State } from '../core/state.js'
import { quantileOfSorted } from '../stats/index.js'
import type { AdaptiveThreshold, OnlineThreshold } from './adaptive.js'
import { usableScores } from './fixed.js'

export interface RollingOptions {
  /** Samples over which the level adapts; one sample moves it by at most a share 1 / memory. Default 10,000. */
  readonly memory?: number
  /** The quantile of normal scores that is followed, in (0, 1): low enough that leaving out flagged samples does not bend it. Default 0.5. */
  readonly reference?: number
  /** Largest ratio to the calibrated level, either way. Default 2. */
  readonly limit?: number
}

interface Rolling {
  readonly calibrated: number
  readonly reference: number
  readonly memory: number
  readonly quantile: number
  readonly limit: number
  /** Current `reference` over the calibrated one. */
  ratio: number
}

/**
 * A level that moves with the bulk of the scores: calibrated level x (reference quantile now / reference quantile of the calibration),
 * the quantile followed by bounded multiplicative steps (Robbins and Monro 1951). Following the bulk, not the tail, it does not drift down
 * although the highest scores are excluded.
 *
 * Any rule gives the calibrated level. NaN is not learned from. Scores whose reference quantile is 0 are not followed.
 * Errors: `data-calibration-short`. Cost O(1) per sample.
 */
export function rollingThreshold(
  rule: Threshold,
  { memory = 10_000, reference = 0.5, limit = 2 }: RollingOptions = {},
): { fit(scores: Float32Array): AdaptiveThreshold } {
  return {
    fit(scores) {
      const { sorted } = usableScores(scores, 'a rolling threshold')
      return rollingFrom({
        calibrated: rule.fit(scores).level,
        reference: quantileOfSorted(sorted, reference),
        memory,
        quantile: reference,
        limit,
        ratio: 1,
      })
    },
  }
}

/** Restores a rolling threshold or its follower. */
export function loadRollingThreshold(state: State): AdaptiveThreshold {
  return rollingFrom(state.options as unknown as Rolling)
}

function rollingFrom(start: Rolling): AdaptiveThreshold {
  return {
    level: start.calibrated * start.ratio,
    state: () => stateOf(start),
    online: () => follow({ ...start }),
  }
}

function follow(now: Rolling): OnlineThreshold {
  const { calibrated, reference, quantile, limit } = now
  // Balanced where a share `quantile` of the scores lies below; the longer of the two steps is 1 / memory.
  const step = 1 / now.memory / Math.max(quantile, 1 - quantile)
  return {
    get level() {
      return calibrated * now.ratio
    },
    push(score, learn = true) {
      const flagged = score > calibrated * now.ratio
      if (learn && !flagged && !Number.isNaN(score) && reference > 0) {
        const move = score > reference * now.ratio ? quantile : quantile - 1
        now.ratio = Math.min(limit, Math.max(1 / limit, now.ratio * (1 + step * move)))
      }
      return flagged
    },
    state: () => stateOf(now),
  }
}

function stateOf(now: Rolling): State {
  return {
    kind: 'threshold:rolling',
    version: 1,
    options: { ...now, level: now.calibrated * now.ratio },
    arrays: {},
  }
}
