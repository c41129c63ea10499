import type { Frame } from '../core/frame.js'
import type { DeviceTable, DeviceTables, TableChunk } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import type { Message } from '../sources/index.js'

/** Rows of one device that are in memory. */
interface Cursor {
  readonly device: string
  readonly chunks: AsyncGenerator<TableChunk>
  chunk: TableChunk | undefined
  at: number
}

/**
 * The rows of all devices of a table as messages, together in the order of time: one message per row, with the channels of the table.
 *
 * Memory: one chunk per device. Each list holds rows that are at most `spanMs` apart.
 */
export async function* tableMessages(devices: DeviceTables, spanMs: number): AsyncGenerator<Message[]> {
  const tables = devices[Symbol.asyncIterator]()
  try {
    const cursors: Cursor[] = []
    // The devices can be read until the loop over them has ended.
    for (let isLast = false; !isLast; ) {
      const { value } = (await tables.next()) as IteratorResult<DeviceTable, undefined>
      if (value === undefined) break
      const cursor = { device: value.device, chunks: value.chunks(), chunk: undefined, at: 0 }
      await advance(cursor)
      cursors.push(cursor)
      isLast = value.isLast
    }
    for (;;) {
      const startMs = cursors.reduce(
        (least, cursor) => Math.min(least, timeOf(cursor)),
        Number.POSITIVE_INFINITY,
      )
      if (startMs === Number.POSITIVE_INFINITY) return
      const messages: Message[] = []
      for (const cursor of cursors)
        while (timeOf(cursor) <= startMs + spanMs) {
          messages.push(messageAt(cursor))
          cursor.at++
          await advance(cursor)
        }
      yield messages.sort((a, b) => a.timeMs - b.timeMs)
    }
  } finally {
    await tables.return?.()
  }
}

/** Reads the next chunk where the one at hand is used up. */
async function advance(cursor: Cursor): Promise<void> {
  while (cursor.chunk === undefined || cursor.at >= cursor.chunk.frame.timeMs.length) {
    const { value, done } = await cursor.chunks.next()
    cursor.chunk = done ? undefined : value
    cursor.at = 0
    if (done) return
  }
}

function timeOf({ chunk, at }: Cursor): number {
  return chunk?.frame.timeMs[at] ?? Number.POSITIVE_INFINITY
}

function messageAt({ device, chunk, at }: Cursor): Message {
  const { timeMs, values, channels } = chunk!.frame
  const width = channels.length
  return {
    device,
    timeMs: timeMs[at]!,
    names: channels,
    values: Array.from(values.subarray(at * width, (at + 1) * width)),
  }
}

/** A model for messages made of the rows of a table: its reading has computed channels already, and may have found no times. */
export function forTable(model: Model | undefined, timeKind: Frame['timeKind']): Model | undefined {
  if (model === undefined) return undefined
  const { info, ...stages } = forSamples(model)
  const options = { ...info.options, derived: [] }
  return { ...stages, info: { ...info, options, training: { ...info.training, timeKind } } }
}

/** A model for messages that are samples of its cadence, and of the rows that it learnt from. */
export function forSamples(model: Model): Model {
  const { where: _where, cadence: _cadence, ...options } = model.info.options
  return { ...model, info: { ...model.info, options } }
}
