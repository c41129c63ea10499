import { open } from 'node:fs/promises'
import type { PlainFile } from '../files/locate.js'
import { cellsOf } from './layout.js'

const MOST_ROWS = 400
const BLOCKS = 8
const BLOCK_BYTES = 1 << 14

/** Rows of a delimited text: the first 400, and of a large one that is not compressed some from eight places. Cost: 128 KiB read. */
export async function sampleRows(
  { path, sizeBytes, compression }: PlainFile,
  head: string,
  isComplete: boolean,
  delimiter: string,
  width: number,
): Promise<(readonly string[])[]> {
  const rows = rowsOf(head, !isComplete, 1, delimiter, width).slice(0, MOST_ROWS)
  if (isComplete || compression !== 'none') return rows
  const handle = await open(path)
  try {
    for (let block = 1; block <= BLOCKS; block++) {
      const bytes = Buffer.alloc(BLOCK_BYTES)
      const start = Math.floor((block / BLOCKS) * Math.max(0, sizeBytes - BLOCK_BYTES))
      const { bytesRead } = await handle.read(bytes, 0, BLOCK_BYTES, start)
      // The first line of a block, and the last, may be cut.
      rows.push(
        ...rowsOf(bytes.subarray(0, bytesRead).toString('utf8'), true, 1, delimiter, width).slice(0, 48),
      )
    }
  } finally {
    await handle.close()
  }
  return rows
}

function rowsOf(
  text: string,
  isCut: boolean,
  skip: number,
  delimiter: string,
  width: number,
): (readonly string[])[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (isCut) lines.pop()
  return lines
    .slice(skip, skip + MOST_ROWS)
    .map(line => cellsOf(line, delimiter))
    .filter(cells => cells.length === width || (cells.length === width + 1 && cells.at(-1) === ''))
}
