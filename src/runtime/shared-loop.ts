import type { TrainingSession } from '../nn/index.js'
import { lossShard, shardsOf } from '../nn/index.js'

/**
 * Memory shared by the threads of one training run. Work is handed out as tickets: `limit` is raised by the calling thread once the inputs
 * of a call are written, tickets below it are claimed by compare-and-swap, and the call ends when all of them are done. A thread that
 * comes late finds no ticket and waits, so inputs never change while somebody reads them.
 */
export interface SharedLoop {
  readonly control: Int32Array
  readonly weights: Float32Array
  readonly series: Float32Array
  readonly starts: Int32Array
  /** One gradient per shard. */
  readonly slots: Float32Array
  /** What each shard adds to the loss. */
  readonly losses: Float64Array
  /** [0] share of one window, [1] seed of the step: see `Step`. */
  readonly step: Float64Array
}

export const CONTROL = {
  next: 0,
  limit: 1,
  base: 2,
  done: 3,
  mode: 4,
  count: 5,
  version: 6,
  stop: 7,
  failed: 8,
} as const
export const CONTROL_LENGTH = 16
export const MODE_GRADIENT = 0
export const MODE_LOSS = 1

/** Claims and works off tickets until none is left. `loadedVersion` says which weights the session holds; the new one is returned. */
export function workOff(shared: SharedLoop, session: TrainingSession, loadedVersion: number): number {
  const { control, weights, starts, slots, losses, step } = shared
  const n = weights.length
  let version = loadedVersion
  for (;;) {
    const ticket = Atomics.load(control, CONTROL.next)
    if (ticket >= Atomics.load(control, CONTROL.limit)) return version
    if (Atomics.compareExchange(control, CONTROL.next, ticket, ticket + 1) !== ticket) continue
    const current = Atomics.load(control, CONTROL.version)
    if (current !== version) {
      session.load(weights)
      version = current
    }
    const s = ticket - Atomics.load(control, CONTROL.base)
    const count = Atomics.load(control, CONTROL.count)
    if (Atomics.load(control, CONTROL.mode) === MODE_GRADIENT) {
      const { from, to } = shardsOf(count)[s]
      const gradient = slots.subarray(s * n, (s + 1) * n)
      losses[s] = session.gradient(starts, from, to, { share: step[0], seed: step[1] }, gradient)
    } else {
      const { from, to } = lossShard(s, count)
      losses[s] = session.loss(starts, from, to)
    }
    Atomics.add(control, CONTROL.done, 1)
    Atomics.notify(control, CONTROL.done)
  }
}

/** Waits until `control[index]` differs from `value`: a short spin (the other thread is usually about to finish), then sleep. */
export function waitWhile(control: Int32Array, index: number, value: number, timeoutMs?: number): void {
  for (let i = 0; i < 20_000; i++) if (Atomics.load(control, index) !== value) return
  Atomics.wait(control, index, value, timeoutMs)
}
