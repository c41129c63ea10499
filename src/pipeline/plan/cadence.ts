import type { Frame } from '../../core/frame.js'
import { median } from '../../stats/index.js'

/** Median time between samples, ms; `null` when the samples have no times or there are fewer than two. Cost O(N log N). */
export function medianStepMs({ timeMs, timeKind }: Frame): number | null {
  if (timeKind === 'index' || timeMs.length < 2) return null
  const step = median(Float64Array.from({ length: timeMs.length - 1 }, (_, i) => timeMs[i + 1] - timeMs[i]))
  return step > 0 ? step : null
}
