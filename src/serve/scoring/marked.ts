import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'

/** An interval that is anomalous: `fromMs` is, `toMs` is not. */
export interface MarkedInterval {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * One 0 or 1 for each sample, by the intervals of time that it lies in. Cost O(samples + intervals).
 *
 * @throws RequestError `request-invalid` with the place of an interval that is empty, or of all when none holds a sample
 */
export function labelsIn(
  { timeMs }: Pick<Frame, 'timeMs'>,
  intervals: readonly MarkedInterval[],
): Uint8Array {
  const empty = intervals.findIndex(({ fromMs, toMs }) => !(fromMs < toMs))
  if (empty >= 0)
    throw createError('request-invalid', {
      where: `body/intervals/${empty}`,
      reason: 'is empty: fromMs must be before toMs',
    })
  const sorted = [...intervals].sort((a, b) => a.fromMs - b.fromMs)
  const labels = new Uint8Array(timeMs.length)
  let endMs = Number.NEGATIVE_INFINITY
  for (let i = 0, next = 0; i < timeMs.length; i++) {
    for (; next < sorted.length && sorted[next].fromMs <= timeMs[i]; next++)
      endMs = Math.max(endMs, sorted[next].toMs)
    labels[i] = timeMs[i] < endMs ? 1 : 0
  }
  if (intervals.length > 0 && !labels.includes(1))
    throw createError('request-invalid', { where: 'body/intervals', reason: 'hold no sample of the series' })
  return labels
}
