import type { Model } from '../../model/index.js'

/** Samples before an interval that are read so that scores in it are those of a long series; a context that never ends is cut to a few windows. */
export function warmUpOf({ detector, info }: Model): number {
  const { contextLength, fewestSamples = 0 } = detector
  return Math.max(5 * info.window, fewestSamples, Number.isFinite(contextLength) ? contextLength : 0)
}
