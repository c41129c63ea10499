import { locateFiles, type TableSource } from '../ingest/index.js'

/** Bytes in memory while a table is held whole, per byte of its files: text, and what is compressed. */
const GROWTH = { text: 4, compressed: 20 }

/** Whether a table would need more than `memory` MB when read whole, by the size of its files; no for standard input and queries, which have none. */
export async function isLargerThanMemory(source: TableSource, memory: number): Promise<boolean> {
  if (typeof source !== 'string' || source === '-') return false
  // What is wrong with the place is told when it is read.
  const files = await locateFiles(source).catch(() => [])
  const needed = files.reduce((sum, { format, compression, sizeBytes }) => {
    const isCompressed = format === 'parquet' || compression !== 'none'
    return sum + sizeBytes * (isCompressed ? GROWTH.compressed : GROWTH.text)
  }, 0)
  return needed > memory * 2 ** 20
}
