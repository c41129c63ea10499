import { createError } from './errors.js'

/** Hooks of long work: how it is stopped, and how it gives the event loop its turns. */
export interface Pauses {
  readonly signal?: AbortSignal
  /** Gives the event loop a turn. Called often; decides by itself how often it really waits. Default: never. */
  pause?(): Promise<void> | undefined
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
