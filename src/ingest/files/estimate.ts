import { unpackedSize } from './integrity.js'
import { type LocateOptions, locateFiles } from './locate.js'
import type { TableSource } from './source.js'

/** Bytes in memory while a table is read whole and worked on, per byte of text, and per byte of a file whose format is compressed. */
const GROWTH = { csv: 4, json: 4, parquet: 20, xlsx: 20 }

/**
 * About how many bytes of memory a table takes that is read whole, from the sizes of its files; Infinity for standard input and a query, whose
 * sizes are unknown. Errors: those of finding the files.
 */
export async function estimateMemory(source: TableSource, options: LocateOptions = {}): Promise<number> {
  if (typeof source !== 'string' || source === '-') return Number.POSITIVE_INFINITY
  const files = await locateFiles(source, options)
  let bytes = 0
  for (const file of files) bytes += Math.max(file.sizeBytes, await unpackedSize(file)) * GROWTH[file.format]
  return bytes
}
