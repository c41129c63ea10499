import type { LiveOutput } from '../emit/index.js'
import type { Message } from '../sources/index.js'
import type { StreamCounts } from './counts.js'
import { LOOK_MS } from './run-stream.js'
import { memoryStore } from './state-store.js'
import { Stream, type StreamOptions } from './stream.js'

/** Messages of the past, taken as a stream would have taken them: the clock is their own time. */
export interface Replay {
  readonly counts: StreamCounts
  /** Takes messages in the order of their times; what became known with them, and with the silence before them. */
  take(messages: readonly Message[]): Promise<LiveOutput[]>
  /** Nothing more comes: open events end. */
  finish(): Promise<LiveOutput[]>
}

/** Longest time between the first and the last message of one batch, as a share of the time after which a device is silent. */
const BATCH_SHARE = 1 / 60

/** Opens a replay. Memory: the states of all devices. */
export function createReplay(options: StreamOptions): Replay {
  const stream = new Stream(options, memoryStore())
  const { silentAfterMs } = options.sampling
  const longestMs = Math.max(LOOK_MS, silentAfterMs * BATCH_SHARE)
  let lastMs = Number.NaN
  const process = async (nowMs: number, messages: readonly Message[]): Promise<readonly LiveOutput[]> => {
    const isFirst = Number.isNaN(lastMs)
    lastMs = nowMs
    const batch = { nowMs, messages, refused: {}, badReadings: 0, position: null, isFirst }
    return (await stream.process(batch)).outputs
  }
  return {
    counts: stream.counts,
    async take(messages) {
      const outputs: LiveOutput[] = []
      for (let start = 0, end = 0; start < messages.length; start = end) {
        const firstMs = messages[start]!.timeMs
        while (end < messages.length && messages[end]!.timeMs - firstMs <= longestMs) end++
        // When a stream would have looked.
        const silentMs = lastMs + silentAfterMs + LOOK_MS
        if (firstMs > silentMs) for (const output of await process(silentMs, [])) outputs.push(output)
        const taken = await process(messages[end - 1]!.timeMs, messages.slice(start, end))
        for (const output of taken) outputs.push(output)
      }
      return outputs
    },
    async finish() {
      const outputs: LiveOutput[] = []
      for await (const output of stream.finish()) outputs.push(output)
      return outputs
    },
  }
}
