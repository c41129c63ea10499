import type { Scores } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import type { FittedRegimes } from '../detect/index.js'
import type { FittedRegimeThreshold } from '../threshold/index.js'

/** Brings raw scores and residuals into units of the regime that each sample is in. */
export interface Levelling {
  /** In place. Frames come in order and hold each sample once, readings as they came: pieces of any length give the same. */
  apply(frame: Frame, scores: Pick<Scores, 'score' | 'residual'>): void
  state(): State
}

/** @param from `state()` of another one of the same regimes */
export function regimeLevelling(
  regimes: FittedRegimes,
  levels: FittedRegimeThreshold,
  from?: State,
): Levelling {
  const follower = regimes.online(from)
  return {
    apply(frame, { score, residual }) {
      const c = frame.channels.length
      follower.push(frame).forEach((regime, i) => {
        const level = levels.levelOf(regime)
        score[i] /= level
        for (let at = i * c; at < (i + 1) * c; at++) residual[at] /= level
      })
    },
    state: () => follower.state(),
  }
}
