import type { FittedDetector } from '../core/contracts.js'

/** Samples that a series needs for its first score; `Infinity` where a detector that never forgets does not say. */
export function fewestSamplesOf({
  fewestSamples,
  contextLength,
}: Pick<FittedDetector, 'contextLength' | 'fewestSamples'>): number {
  return fewestSamples ?? contextLength
}
