import type { Scores } from '../core/contracts.js'
import { type ScaledFrame, sampleCount } from '../core/frame.js'
import { quantileOfSorted, sortFinite } from '../stats/index.js'

/** From this quantile of the normal scores to that one: what a constant channel that moves adds to a score. */
const [FROM, TO] = [0.05, 0.999]

/**
 * What a constant channel that moves adds to the logarithm of a score: it takes even a low score to the usual threshold, whatever the distance and the
 * unit, and no further: a fault of other channels may be worse.
 *
 * @param scores of normal samples that the members have not learnt from
 */
export function stillStep(scores: Float32Array): number {
  const sorted = sortFinite(Float64Array.from(scores, Math.log))
  return sorted.length === 0 ? 0 : quantileOfSorted(sorted, TO) - quantileOfSorted(sorted, FROM)
}

/**
 * The reading of each channel that never moved in training; NaN for the others.
 *
 * @param train scaled, `[N, C]`; missing readings are no movement
 * @returns `[C]`; undefined when every channel moves, or none does
 */
export function stillChannels({ values, channels }: ScaledFrame): Float32Array | undefined {
  const width = channels.length
  const still = new Float32Array(width).fill(Number.NaN)
  const moves = new Uint8Array(width)
  for (let i = 0; i < values.length; i++) {
    const c = i % width
    const value = Math.fround(values[i])
    if (Number.isNaN(value)) continue
    if (Number.isNaN(still[c])) still[c] = value
    else if (value !== still[c]) moves[c] = 1
  }
  const count = moves.reduce((sum, moved) => sum + moved, 0)
  if (count === 0 || count === width) return undefined
  return still.map((value, c) => (moves[c] ? Number.NaN : value))
}

/** A frame in which still channels are where they were in training: what members are given. A missing reading stays missing. */
export function heldStill(frame: ScaledFrame, still: Float32Array): ScaledFrame {
  const width = still.length
  const values = Float32Array.from(frame.values)
  for (let i = 0; i < values.length; i++) {
    const value = still[i % width]
    if (!Number.isNaN(value) && !Number.isNaN(values[i])) values[i] = value
  }
  return { ...frame, values }
}

/**
 * Still channels as a member of their own: a residual of 1 where one has moved, by any amount.
 *
 * @param frame the readings as they came; without it, nothing has moved in `n` samples
 */
export function stillScores(
  still: Float32Array,
  frame: ScaledFrame | undefined,
  n = frame ? sampleCount(frame) : 0,
): Scores {
  const width = still.length
  const residual = new Float32Array(n * width)
  for (let i = 0; frame && i < residual.length; i++) {
    const value = still[i % width]
    const reading = Math.fround(frame.values[i])
    if (!Number.isNaN(value) && !Number.isNaN(reading) && reading !== value) residual[i] = 1
  }
  return { score: new Float32Array(n), residual, reason: new Uint8Array(n) }
}
