import type { Interval } from '../../core/frame.js'

/** `[N]` 1 where a flagged sample is part of an event: a flag that the rules of events drop has not led to an event. */
export function raisedFlags(flag: Uint8Array, events: readonly Interval[]): Uint8Array {
  const raised = new Uint8Array(flag.length)
  for (const { start, end } of events) raised.set(flag.subarray(start, end), start)
  return raised
}
