import type { AnomalyEvent } from '../../core/contracts.js'
import type { Frame } from '../../core/frame.js'
import { appendFrames } from '../../core/frame.js'
import type { Suppressed } from '../../events/index.js'
import type { Model } from '../../model/index.js'
import {
  type EffectiveThreshold,
  effectiveThreshold,
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

/** Scored samples that follow one another as one. At least one part. Cost O(N C). */
export function joinScored(parts: readonly ScoredSamples[]): ScoredSamples {
  const floats = (of: (part: ScoredSamples) => Float32Array) =>
    joined(parts.map(of), n => new Float32Array(n))
  const bytes = (of: (part: ScoredSamples) => Uint8Array) => joined(parts.map(of), n => new Uint8Array(n))
  const expected = parts.map(part => part.expected)
  const known = expected.filter(values => values !== undefined)
  const sharp = parts.map(part => part.sharp).filter(values => values !== undefined)
  return {
    frame: appendFrames(parts.map(part => part.frame)),
    score: floats(part => part.score),
    pValue: floats(part => part.pValue),
    severity: floats(part => part.severity),
    flag: bytes(part => part.flag),
    residual: floats(part => part.residual),
    reason: bytes(part => part.reason),
    trust: floats(part => part.trust),
    ...(sharp.length > 0 && { sharp: joined(sharp, n => new Float32Array(n)) }),
    ...(known.length > 0 && { expected: joined(known, n => new Float64Array(n)) }),
  }
}

function joined<A extends Float64Array | Float32Array | Uint8Array>(
  parts: readonly A[],
  make: (length: number) => A,
): A {
  const all = make(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
