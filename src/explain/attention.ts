import { type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import type { Model } from '../model/index.js'
import type { ScoredSeries } from './reference.js'

/** What one attention layer looked at in one window. */
export interface AttentionLayer {
  readonly heads: number
  /** Steps of the layer: those of the window, or fewer after a convolution or a pool. */
  readonly steps: number
  /** `[heads * steps * steps]` share of step s in what step t of the output sees; the shares of a step add up to 1. */
  readonly weights: Float32Array
  /** `[steps]` share that each step has in the output, mean over heads and steps: they add up to 1. */
  readonly received: Float64Array
  /** Mean entropy of the shares of a step over that of equal shares: 1 = looks everywhere, 0 = at one step. */
  readonly entropy: number
  /** Share of the weights below 0.01. */
  readonly sparsity: number
}

/** Attention in the window of an event that ends at its peak, or as near to it as a whole window does. */
export interface WindowAttention {
  readonly range: Interval
  /** Times of the first and the last sample of it. */
  readonly fromMs: number
  readonly lastMs: number
  readonly layers: readonly AttentionLayer[]
}

const SMALL = 0.01

/**
 * The attention weights of a network in a window of an event. They say where the network looked, not what raised the score.
 *
 * @returns undefined for a detector without attention, and where no window near the event is whole
 */
export function windowAttention(
  { detector, scaler }: Model,
  { frame }: Pick<ScoredSeries, 'frame'>,
  { start, end, peak }: Interval & { readonly peak: number },
): WindowAttention | undefined {
  if (detector.attention === undefined) return undefined
  const { windowLength } = detector
  const ends = Array.from({ length: end - start }, (_, k) => start + k + 1).sort(
    (a, b) => Math.abs(a - 1 - peak) - Math.abs(b - 1 - peak),
  )
  for (const last of ends) {
    const range = { start: last - windowLength, end: last }
    if (range.start < 0 || last > sampleCount(frame)) continue
    const { values } = scaler.transform(sliceFrame(frame, range.start, range.end))
    if (values.some(Number.isNaN)) continue
    const [fromMs, lastMs] = [frame.timeMs[range.start], frame.timeMs[range.end - 1]]
    return { range, fromMs, lastMs, layers: detector.attention(values).map(layerOf) }
  }
  return undefined
}

function layerOf({ shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> }) {
  const [heads, steps] = shape
  const weights = Float32Array.from(data)
  const received = new Float64Array(steps)
  let [entropy, rows] = [0, 0]
  for (let row = 0; row < weights.length; row += steps) {
    const shares = weights.subarray(row, row + steps)
    let own = 0
    shares.forEach((share, s) => {
      received[s] += share / (heads * steps)
      if (share > 0) own -= share * Math.log(share)
    })
    entropy += own
    rows++
  }
  return {
    heads,
    steps,
    weights,
    received,
    entropy: steps > 1 ? entropy / rows / Math.log(steps) : 0,
    sparsity: weights.reduce((sum, share) => sum + (share < SMALL ? 1 : 0), 0) / weights.length,
  }
}
