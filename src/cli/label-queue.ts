import { createLabelCounter } from '../report/index.js'
import type { TimedEvent } from '../session/index.js'

/** Keeps labels until their samples have scores, and counts matches. */
export function createLabelQueue() {
  const counter = createLabelCounter()
  let waiting: Uint8Array | undefined
  return {
    push(labels: Uint8Array) {
      const before = waiting ?? new Uint8Array(0)
      waiting = new Uint8Array(before.length + labels.length)
      waiting.set(before)
      waiting.set(labels, before.length)
    },
    take({ flag, events, settled }: { flag: Uint8Array; events: readonly TimedEvent[]; settled: number }) {
      if (waiting === undefined) return
      const closed = events.map(({ event }) => event)
      counter.push(flag, waiting.subarray(0, flag.length), closed, settled)
      waiting = waiting.subarray(flag.length)
    },
    counts: () => (waiting === undefined ? undefined : counter.counts()),
  }
}
