import { open } from 'node:fs/promises'
import type { PlainFile } from '../files/locate.js'
import { cellsOf } from './layout.js'

const MOST_ROWS = 400
const BLOCKS = 8
const BLOCK_BYTES = 1 << 14

/** Rows of a delimited text in its order, each once: the first 400, and of a large one that is not compressed some from up to eight places behind them. Cost: 128 KiB read. */
export async function sampleRows(
  { path, sizeBytes, compression }: PlainFile,
  head: string,
  isComplete: boolean,
  delimiter: string,
  width: number,
): Promise<(readonly string[])[]> {
  const rows = rowsOf(head, !isComplete, 1, delimiter, width).slice(0, MOST_ROWS)
  if (isComplete || compression !== 'none') return rows
  const from = bytesOfLines(head, MOST_ROWS + 1)
  const blocks = Math.min(BLOCKS, Math.floor((sizeBytes - from) / BLOCK_BYTES))
  const handle = await open(path)
  try {
    for (let block = 1; block <= blocks; block++) {
      const bytes = Buffer.alloc(BLOCK_BYTES)
      const start = from + Math.floor((block / blocks) * (sizeBytes - from - BLOCK_BYTES))
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

/** Bytes of the first lines of a text. */
function bytesOfLines(text: string, lines: number): number {
  const end = /\r\n|\n|\r/g
  for (let line = 0; line < lines && end.exec(text) !== null; line++);
  return Buffer.byteLength(text.slice(0, end.lastIndex || text.length))
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
