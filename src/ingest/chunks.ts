import { type DerivedChannel, joinParts, type Part, slicePart } from '../align/index.js'
import type { Frame } from '../core/frame.js'
import type { ColumnRole } from './columns/column-role.js'
import type { TableSource } from './files/source.js'
import type { ReadTableOptions } from './read-options.js'
import { openReader } from './reader.js'
import type { ReadSummary } from './summary.js'

export interface ReadChunksOptions extends ReadTableOptions {
  /** Samples of a chunk at most; default 65,536. With `lateRows: 'sort'` also how many rows late a sample may come. */
  readonly chunkRows?: number
}

/** Consecutive samples of one device. */
export interface TableChunk {
  readonly frame: Frame
  /** `[N]` 0 = normal, 1 = anomalous; absent when the table has no label column. */
  readonly labels?: Uint8Array
  /** Absent when the table has no device column. */
  readonly device?: string
}

export interface ChunkedTable extends AsyncIterable<TableChunk> {
  readonly channels: readonly string[]
  readonly timeKind: 'utc' | 'index'
  readonly sizeBytes: number
  /** About how many rows there are; exact for Parquet. */
  readonly expectedRows: number
  /** Counts as far as it has been read; complete after the last chunk. */
  readonly summary: ReadSummary
  /** What every column of the file was taken for, and why. */
  readonly columns: readonly ColumnRole[]
  /** Channels that are computed from columns; `derived` of a later reading computes exactly them. */
  readonly derived: readonly DerivedChannel[]
}

/** Chunks of all devices together that wait to be filled. */
const WAITING_CHUNKS = 4

/**
 * Opens what `readTable` reads to be read chunk by chunk, with the same samples in the same order: the next chunk is read when it is asked for, so
 * that memory depends on `chunkRows` and the number of channels, never on the number of rows. Leaving the loop closes everything. One loop per call.
 *
 * Errors: those of `readTable`; those of a row come when it is reached. Cost: that of `readTable`.
 */
export async function readChunks(
  source: TableSource,
  options: ReadChunksOptions = {},
): Promise<ChunkedTable> {
  const chunkRows = options.chunkRows ?? 65_536
  const reader = await openReader(source, options, chunkRows)
  const { channels, timeKind, summary, sizeBytes, expectedRows } = reader
  const chunkOf = (device: string, { timeMs, values, labels }: Part): TableChunk => ({
    frame: { timeMs, timeKind, values, channels },
    labels,
    device: summary.deviceColumn === undefined ? undefined : device,
  })
  async function* chunks(): AsyncGenerator<TableChunk> {
    const waiting = new Map<string, { parts: Part[]; size: number }>()
    let total = 0
    for await (const { device, part } of reader.parts) {
      const own = waiting.get(device) ?? { parts: [], size: 0 }
      waiting.set(device, own)
      own.parts.push(part)
      own.size += part.timeMs.length
      total += part.timeMs.length
      if (own.size >= chunkRows) {
        const all = joinParts(own.parts)
        let at = 0
        for (; own.size - at >= chunkRows; at += chunkRows)
          yield chunkOf(device, slicePart(all, at, at + chunkRows))
        own.parts = own.size > at ? [slicePart(all, at, own.size)] : []
        own.size -= at
        total -= at
      } else if (total > WAITING_CHUNKS * chunkRows) {
        const [fullest, most] = [...waiting].reduce((a, b) => (b[1].size > a[1].size ? b : a))
        yield chunkOf(fullest, joinParts(most.parts))
        waiting.delete(fullest)
        total -= most.size
      }
    }
    for (const [device, { parts, size }] of waiting) if (size > 0) yield chunkOf(device, joinParts(parts))
  }
  const { columns, derived } = summary
  return {
    channels,
    timeKind,
    sizeBytes,
    expectedRows,
    summary,
    columns,
    derived,
    [Symbol.asyncIterator]: chunks,
  }
}
