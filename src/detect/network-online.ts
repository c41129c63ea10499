import type { OnlineScorer, Scores } from '../core/contracts.js'
import type { Network } from '../nn/index.js'
import { networkResiduals, type ResidualOptions } from './residuals.js'

/**
 * Scores a series by a network as its samples arrive. Kept are the samples that later windows still need; every window of the kept stretch is
 * computed again with each push, so that pieces of several hundred samples are as fast as the whole series and single samples are not.
 *
 * @param finish turns residuals `[n * C]` into scores, given the number of the first of their samples and of all samples so far
 */
export function networkOnline(
  network: Network,
  weights: Float32Array,
  options: ResidualOptions,
  finish: (residual: Float32Array, first: number, total: number) => Scores,
): OnlineScorer {
  const { span, target, inShape } = network
  const { width } = inShape
  const { alignment, stride } = options
  /** Samples after the last one that is final. */
  const lookahead = alignment === 'covering' ? target.steps - 1 : 0
  let kept = new Float32Array(0)
  /** Number of the first kept sample in the series: a window begins there. */
  let first = 0
  /** Samples that are final already. */
  let done = 0

  const emit = (end: number): Scores => {
    const start = Math.min(done, end)
    const part = { start: start - first, end: end - first }
    const residual = new Float32Array((end - start) * width)
    for (const _ of networkResiduals(network, weights, kept, part, options, residual));
    done = end
    return finish(residual, start, first + kept.length / width)
  }

  return {
    push(frame) {
      const longer = new Float32Array(kept.length + frame.values.length)
      longer.set(kept)
      longer.set(frame.values, kept.length)
      kept = longer
      const total = first + kept.length / width
      // Before a whole window is there nothing is final: a series may end that has none.
      const scores = emit(total < span ? done : Math.max(done, total - lookahead))
      const unneeded = Math.max(0, done - first - (span - 1))
      const drop = unneeded - (unneeded % stride)
      kept = kept.slice(drop * width)
      first += drop
      return scores
    },
    finish: () => emit(first + kept.length / width),
  }
}
