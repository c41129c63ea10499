import type { Scores } from '../core/contracts.js'
import type { Frame } from '../core/frame.js'
import type { ModelRegimes } from '../model/index.js'

/**
 * Brings raw scores and residuals into units of the regime that each sample is in, in place; nothing happens without regimes. Frames come in
 * order and hold each sample once: the whole series or pieces of any length give the same.
 */
export function regimeLevelling(
  regimes: ModelRegimes | undefined,
): (frame: Frame, scores: Pick<Scores, 'score' | 'residual'>) => void {
  if (regimes === undefined) return () => {}
  const { finder, levels } = regimes
  const follower = finder.online()
  return (frame, { score, residual }) => {
    const c = frame.channels.length
    follower.push(frame).forEach((regime, i) => {
      const level = levels.levelOf(regime)
      score[i] /= level
      for (let at = i * c; at < (i + 1) * c; at++) residual[at] /= level
    })
  }
}
