import type { Interval } from '../core/frame.js'
import type { ScoredSeries } from './reference.js'

/** An event's score as a sum over channels and samples. */
export interface Decomposition {
  /** Sum of the scores of the samples of the event. */
  readonly total: number
  /** `[C]` part of each channel; they add up to the total. */
  readonly channels: Float64Array
  /** `[n]` part of each sample: its score. */
  readonly steps: Float64Array
  /** `[n * C]` part of each channel in the score of each sample; 0 where a sample has no score. */
  readonly cells: Float64Array
}

/**
 * Splits the scores of an event exactly: a score is the mean over channels of their errors, each divided by the error that is usual for the channel in
 * normal operation. Exact for every detector, because the residuals of all of them have this form. Cost O(n C).
 */
export function decompose({ frame, residual }: ScoredSeries, { start, end }: Interval): Decomposition {
  const width = frame.channels.length
  const channels = new Float64Array(width)
  const steps = new Float64Array(end - start)
  const cells = new Float64Array((end - start) * width)
  let total = 0
  for (let i = 0; i < steps.length; i++)
    for (let c = 0; c < width; c++) {
      const part = residual[(start + i) * width + c] / width
      if (Number.isNaN(part)) continue
      cells[i * width + c] = part
      channels[c] += part
      steps[i] += part
      total += part
    }
  return { total, channels, steps, cells }
}
