import type { AnomalyEvent } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import type { Suppressed } from '../../events/index.js'
import type { Model } from '../../model/index.js'
import {
  type EffectiveThreshold,
  effectiveThreshold,
  joinScored,
  type LoopHooks,
  type ScoredSamples,
  type SessionSettings,
} from '../../session/index.js'
import type { Adaptation } from '../../threshold/index.js'
import type { Issue } from '../../validate/index.js'
import { type DetectStep, detectStream, fileSettings, refuseInvalid } from './detect-stream.js'

/** What a model says about a series. */
export interface Detection extends ScoredSamples {
  readonly events: readonly AnomalyEvent[]
  /** Flagged samples that opened no event because of maintenance or the cool-down. */
  readonly suppressed: Suppressed
  /** How the samples differ from what the history looked like. */
  readonly issues: readonly Issue[]
  /** Raw score that became 1.0, and the kind of rule that set it. */
  readonly threshold: EffectiveThreshold
  /** How the level followed the scores; null when it does not adapt. */
  readonly adaptation: Adaptation | null
}

/**
 * Scores a whole series with a trained model and joins what is above the threshold into events: one session. Scores are two-sided unless `alignment`
 * is `causal`.
 *
 * @param frame the model's channels in any order
 * @param settings what differs from the training
 * @throws as `detectStream`
 */
export async function detect(
  model: Model,
  frame: Frame,
  settings: SessionSettings = {},
  hooks: LoopHooks = {},
): Promise<Detection> {
  refuseInvalid(model, frame, settings)
  const steps: DetectStep[] = []
  for await (const step of detectStream(model, [frame], settings, hooks)) steps.push(step)
  const last = steps[steps.length - 1]
  return {
    ...joinScored(steps.map(({ scored }) => scored)),
    events: steps.flatMap(({ events }) =>
      events.filter(({ type }) => type === 'closed').map(({ event }) => event),
    ),
    suppressed: last.suppressed,
    issues: last.issues,
    threshold: effectiveThreshold(model, fileSettings(model, settings)),
    adaptation: last.adaptation,
  }
}
