import type { Interval } from '../core/frame.js'
import type { KernelBuild } from '../kernels/index.js'
import type { Network } from './network.js'
import { createTrainingSession } from './session.js'

/** Computes the gradient of a batch, on this thread or on several: the result is the same, bit for bit. */
export interface TrainingEngine {
  /** Intervals of the flat weights that are running statistics: see `Network.statistics`. */
  readonly statistics: readonly Interval[]
  /** The weights `[flatLength]` from now on; they may only change with another call of `load`. */
  load(weights: Float32Array): void
  /**
   * Gradient of the mean loss over the windows, written to `out` `[flatLength]`; returns that loss with what layers add to it.
   *
   * @param seed of the noise of this step; 0 by default
   */
  gradient(starts: Int32Array, out: Float32Array, seed?: number): number
  /** Mean loss over the windows as the network scores, without noise and penalties; NaN when there is none. */
  loss(starts: Int32Array): number
  close(): void
}

/** An interval of a batch whose gradient is computed in one piece. The sum runs over shards in order, so that it does not depend on who computes which. */
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

/** Number of shards of windows whose loss is computed. */
export function lossShardCount(count: number): number {
  return Math.ceil(count / LOSS_SHARD_WINDOWS)
}

/** Shard `s` of `count` windows whose loss is computed: 64 windows, the last one fewer. */
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
  return {
    statistics: network.statistics,
    load: session.load,
    gradient(starts, out, seed = 0) {
      const shards = shardsOf(starts.length)
      const step = { share: 1 / starts.length, seed }
      let loss = 0
      shards.forEach(({ from, to }, s) => {
        loss += session.gradient(starts, from, to, step, slots.subarray(s * n, (s + 1) * n))
      })
      sumSlots(out, slots, shards.length)
      return loss
    },
    loss(starts) {
      let sum = 0
      for (let s = 0; s < lossShardCount(starts.length); s++) {
        const { from, to } = lossShard(s, starts.length)
        sum += session.loss(starts, from, to)
      }
      return sum / starts.length
    },
    close: session.close,
  }
}
