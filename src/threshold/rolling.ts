import type { Threshold } from '../core/contracts.js'
import { checkState, type State, vector } from '../core/state.js'
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
}

const ONLINE = 'online:threshold-rolling'

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
      })
    },
  }
}

/** Restores a rolling threshold. */
export function loadRollingThreshold(state: State): AdaptiveThreshold {
  const { calibrated, reference, memory, quantile, limit } = state.options as unknown as Rolling
  return rollingFrom({ calibrated, reference, memory, quantile, limit })
}

function rollingFrom(rule: Rolling): AdaptiveThreshold {
  return {
    level: rule.calibrated,
    state: () => ({
      kind: 'threshold:rolling',
      version: 1,
      options: { ...rule, level: rule.calibrated },
      arrays: {},
    }),
    online: from => follow(rule, from ? checkState(from, ONLINE, 1, { ratio: 1 }).arrays.ratio.data[0] : 1),
  }
}

/** @param ratio what `reference` has become by now, over what it was */
function follow({ calibrated, reference, quantile, memory, limit }: Rolling, ratio: number): OnlineThreshold {
  // Balanced where a share `quantile` of the scores lies below; the longer of the two steps is 1 / memory.
  const step = 1 / memory / Math.max(quantile, 1 - quantile)
  return {
    get level() {
      return calibrated * ratio
    },
    push(score, learn = true) {
      const flagged = score > calibrated * ratio
      if (learn && !flagged && !Number.isNaN(score) && reference > 0) {
        const move = score > reference * ratio ? quantile : quantile - 1
        ratio = Math.min(limit, Math.max(1 / limit, ratio * (1 + step * move)))
      }
      return flagged
    },
    state: () => ({
      kind: ONLINE,
      version: 1,
      options: {},
      arrays: { ratio: vector(Float64Array.of(ratio)) },
    }),
  }
}
