import type { KernelBuild } from '../kernels/index.js'
import type { Network } from './network.js'
import { createTrainingSession } from './session.js'

/** Computes the gradient of a batch, on this thread or on several: the result is the same, bit for bit. */
export interface TrainingEngine {
  /** Takes over the weights `[flatLength]`. */
  load(weights: Float32Array): void
  /**
   * Gradient of the mean squared error over the windows, written to `out` `[flatLength]`; returns the mean squared error.
   */
  gradient(starts: Int32Array, out: Float32Array): number
  /** Mean squared error over the windows; NaN when there is none. */
  loss(starts: Int32Array): number
  close(): void
}

/** A stretch of a batch whose gradient is computed in one piece. The sum runs over shards in order, so that it does not depend on who computes which. */
export interface Shard {
  readonly from: number
  readonly to: number
}

const SHARD_WINDOWS = 16
const LOSS_SHARD_WINDOWS = 64
/** Most shards a batch is cut into: more threads than this have nothing to do in training. */
export const MAX_SHARDS = 8

/**
 * Cuts a batch into at most 8 shards of at least about 16 windows. Depends on the batch size alone.
 *
 * @example
 * import { shardsOf } from 'telltale/nn'
 * shardsOf(32) // => [{ "from": 0, "to": 16 }, { "from": 16, "to": 32 }]
 */
export function shardsOf(count: number): Shard[] {
  const shards = Math.min(MAX_SHARDS, Math.ceil(count / SHARD_WINDOWS))
  const size = Math.ceil(count / Math.max(1, shards))
  const out: Shard[] = []
  for (let from = 0; from < count; from += size) out.push({ from, to: Math.min(count, from + size) })
  return out
}

/** Number of shards of windows whose loss is wanted. */
export function lossShardCount(count: number): number {
  return Math.ceil(count / LOSS_SHARD_WINDOWS)
}

/** Shard `s` of `count` windows whose loss is wanted: 64 windows, the last one fewer. */
export function lossShard(s: number, count: number): Shard {
  return { from: s * LOSS_SHARD_WINDOWS, to: Math.min(count, (s + 1) * LOSS_SHARD_WINDOWS) }
}

/** out = slot 0 + slot 1 + ... in order; slots lie one after another in `slots`. */
export function sumSlots(out: Float32Array, slots: Float32Array, count: number): void {
  const n = out.length
  out.set(slots.subarray(0, n))
  for (let s = 1; s < count; s++) {
    for (let i = 0, at = s * n; i < n; i++, at++) out[i] += slots[at]
  }
}

/** Everything on the calling thread. */
export function createLocalEngine(
  network: Network,
  series: Float32Array,
  build?: KernelBuild,
): TrainingEngine {
  const session = createTrainingSession(network, series, build)
  const n = network.flatLength
  const slots = new Float32Array(MAX_SHARDS * n)
  const values = network.inShape.steps * network.inShape.width
  return {
    load: session.load,
    gradient(starts, out) {
      const shards = shardsOf(starts.length)
      const factor = 1 / (starts.length * values)
      let sum = 0
      shards.forEach(({ from, to }, s) => {
        sum += session.gradient(starts, from, to, factor, slots.subarray(s * n, (s + 1) * n))
      })
      sumSlots(out, slots, shards.length)
      return sum * factor
    },
    loss(starts) {
      let sum = 0
      for (let s = 0; s < lossShardCount(starts.length); s++) {
        const { from, to } = lossShard(s, starts.length)
        sum += session.loss(starts, from, to)
      }
      return sum / (starts.length * values)
    },
    close() {},
  }
}
