import { createError } from './errors.js'
import type { StageTimer } from './stage-timer.js'

/** Hooks of long work: how it is stopped, how it gives the event loop its turns, and how its stages are timed. */
export interface Pauses {
  readonly signal?: AbortSignal
  /** Gives the event loop a turn. Called often; decides by itself how often it really waits. Default: never. */
  pause?(): Promise<void> | undefined
  /** Times the stages of the work. Default: nothing is timed. */
  readonly time?: StageTimer
}

/**
 * A point at which long work can be stopped and lets other work in. Called at least every 20 ms of work.
 *
 * @param what is interrupted, for the message
 * @throws InterruptedError `interrupted` when the signal is aborted
 */
export async function breathe(pauses: Pauses, what = 'training'): Promise<void> {
  if (pauses.signal?.aborted) throw createError('interrupted', { what })
  await pauses.pause?.()
  if (pauses.signal?.aborted) throw createError('interrupted', { what })
}
