import type { FitContext, FittedDetector } from '../../core/contracts.js'
import type { ScaledFrame } from '../../core/frame.js'
import { pca } from '../../detect/index.js'

/** More channels would make the decomposition dearer than the model it stands beside. */
const MOST_CHANNELS = 400
/** Fewest samples in which principal components can be found and held against samples they have not seen. */
const FEWEST_SAMPLES = 16

/**
 * Principal components of what a model learns from, kept with it: `evaluateModel` compares the model with what costs nothing, and a baseline
 * that is fitted to the evaluated rows would have seen the faults in them. Undefined when the samples are too few or the channels too many.
 *
 * @param learning `[N, C]` scaled
 */
export async function fitBaseline(
  learning: ScaledFrame,
  context: Pick<FitContext, 'seed' | 'signal' | 'pause'>,
): Promise<FittedDetector | undefined> {
  const { channels, values } = learning
  let whole = 0
  for (let i = 0; i < values.length; i += channels.length)
    if (!values.subarray(i, i + channels.length).some(Number.isNaN)) whole++
  if (channels.length > MOST_CHANNELS || whole < FEWEST_SAMPLES) return undefined
  return pca({ window: 1, share: 0.9, statistic: 'q' }).fit(learning, { ...context, validation: learning })
}
