import { median, quantile } from '../stats/index.js'
import type { Question } from './question.js'
import { columnOf } from './reference.js'

/** Samples before an event that say where a channel was. */
const BEFORE = 200
/** Share of normal readings that lie within the usual range. */
const USUAL = 0.995

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
  const rows = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, k) => from + k)
  const [before, during] = [rows(Math.max(0, start - BEFORE), start), rows(start, end)]
  return Float64Array.from(reference.channels, (usual, c) => {
    const past = columnOf(frame, before, c).filter(Number.isFinite)
    const level = past.length > 0 ? median(past) : usual.median
    const normal = reference.column(c).filter(Number.isFinite)
    const distances = normal.map(reading => Math.abs(reading - usual.median))
    const range = distances.length > 0 ? quantile(distances, USUAL) : 0
    const readings = columnOf(frame, during, c).filter(Number.isFinite)
    const moved = readings.reduce((most, reading) => Math.max(most, Math.abs(reading - level)), 0)
    // A channel that never moved and moves now is far out of its range, not infinitely far.
    return moved / Math.max(range, 1e-6 * Math.max(1e-6, Math.abs(usual.median)))
  })
}
