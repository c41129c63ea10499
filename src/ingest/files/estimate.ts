import { type LocateOptions, locateFiles } from './locate.js'
import type { TableSource } from './source.js'

/** Bytes in memory while a table is read whole and worked on, per byte of its file: of text, and of what is compressed. */
const GROWTH = { text: 4, compressed: 20 }

/**
 * About how many bytes of memory a table takes that is read whole, from the sizes of its files; Infinity for standard input and a query, whose
 * sizes are unknown. Errors: those of finding the files.
 */
export async function estimateMemory(source: TableSource, options: LocateOptions = {}): Promise<number> {
  if (typeof source !== 'string' || source === '-') return Number.POSITIVE_INFINITY
  const files = await locateFiles(source, options)
  return files.reduce((sum, { sizeBytes, format, compression }) => {
    const isText = format !== 'parquet' && compression === 'none'
    return sum + sizeBytes * (isText ? GROWTH.text : GROWTH.compressed)
  }, 0)
}
