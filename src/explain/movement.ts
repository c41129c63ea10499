import { median } from '../stats/index.js'
import type { Question } from './question.js'

/** Samples before an event that say where a channel was. */
const BEFORE = 200

/**
 * `[C]` how far each channel moved over an event: the largest distance from the median of the 200 samples before it, over the usual range of the channel, the
 * distance from its median that 99.5 % of its readings in normal operation keep. Says what moved in an incident, which people list, and nothing about what caused it.
 * Does not look at scores. Cost O(n C).
 */
export function movements({
  series: { frame },
  reference,
  event: { start, end },
}: Pick<Question, 'series' | 'reference' | 'event'>): Float64Array {
  const { values } = frame
  const width = reference.channels.length
  const before = new Float64Array(Math.min(BEFORE, start))
  return Float64Array.from(reference.channels, (usual, c) => {
    let known = 0
    for (let i = start - before.length; i < start; i++) {
      const reading = values[i * width + c]
      if (Number.isFinite(reading)) before[known++] = reading
    }
    const level = known > 0 ? median(before.subarray(0, known)) : usual.median
    let moved = 0
    for (let i = start; i < end; i++) {
      const distance = Math.abs(values[i * width + c] - level)
      // False for a reading that is missing.
      if (distance > moved && distance < Number.POSITIVE_INFINITY) moved = distance
    }
    // A channel that never moved and moves now is far out of its range, not infinitely far.
    return moved / Math.max(usual.usualDistance, 1e-6 * Math.max(1e-6, Math.abs(usual.median)))
  })
}
