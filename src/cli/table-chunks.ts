import { createError } from '../core/errors.js'
import { shellWord } from '../core/shell-word.js'
import {
  type ChunkedTable,
  estimateMemory,
  type ReadOptions,
  type ReadTableOptions,
  type TableChunk,
  type TableSource,
} from '../ingest/index.js'
import type { DetectOptions } from '../pipeline/index.js'

/** Readings of a chunk by default: 2 MB of them, because the work on a chunk needs several copies. */
const CHUNK_READINGS = 2 ** 18
/** Minimum rows of a chunk: the overlap of chunks must be negligible, and late rows are sorted within a chunk. */
const CHUNK_ROWS = { least: 2048, sorting: 65_536 }
/** Rows of a chunk for a table of `channels` channels. */
export function chunkRowsOf(
  { chunkRows, lateRows }: Pick<DetectOptions, 'chunkRows'> & Partial<Pick<ReadOptions, 'lateRows'>>,
  channels: number,
): number {
  if (chunkRows !== undefined) return chunkRows
  if (lateRows === 'sort') return CHUNK_ROWS.sorting
  return Math.max(CHUNK_ROWS.least, Math.floor(CHUNK_READINGS / channels))
}

/** Whether a table is scored chunk by chunk: on request, when it would take too much memory, or when its size is unknown. */
export async function isForChunks(
  source: TableSource,
  request: ReadTableOptions,
  { chunkRows, memory }: Pick<DetectOptions, 'chunkRows' | 'memory'>,
): Promise<boolean> {
  return chunkRows !== undefined || (await estimateMemory(source, request)) > memory * 2 ** 20
}

/** The chunks of a table of one device. Errors: `data-many-devices` when a second one comes. */
export async function* oneDevice(table: ChunkedTable): AsyncGenerator<TableChunk> {
  let device: string | undefined
  for await (const chunk of table) {
    device ??= chunk.device
    if (chunk.device !== device) {
      const got = `${device}, ${chunk.device}`
      const column = table.summary.deviceColumn ?? 'device'
      const where = { file: 'the table', count: 'several', column }
      throw createError('data-many-devices', { ...where, got, device: shellWord(device ?? '') })
    }
    yield chunk
  }
}
