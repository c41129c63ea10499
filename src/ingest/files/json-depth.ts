import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { createError } from '../../core/errors.js'
import { createJsonScanner } from '../../core/json-limits.js'
import { readText } from '../rows/records.js'
import { fileError } from './failures.js'
import type { InputFile } from './locate.js'

/** A record in a list in an object, with room for more. */
const LIMITS = { depth: 100, commas: Number.POSITIVE_INFINITY }

/**
 * Refuses JSON that is nested deeper than any table: the table engine recurses, and ends the process. Cost O(bytes).
 *
 * @throws DataError `data-not-a-table`
 */
export async function checkDepth(input: InputFile): Promise<void> {
  const scanner = createJsonScanner(LIMITS)
  try {
    for await (const piece of piecesOf(input)) {
      const reason = scanner.push(piece)
      if (reason !== undefined) throw createError('data-not-a-table', { file: input.file, reason })
    }
  } catch (error) {
    throw fileError(input.file, error)
  }
}

async function* piecesOf(input: InputFile): AsyncGenerator<Buffer> {
  if (input.compression === 'zstd') {
    for await (const text of readText(input)) yield Buffer.from(text)
    return
  }
  const source = createReadStream(input.path, { highWaterMark: 1 << 18 })
  try {
    yield* input.compression === 'gzip' ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source
  } finally {
    source.destroy()
  }
}
