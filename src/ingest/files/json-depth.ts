import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { createError } from '../../core/errors.js'
import { createJsonScanner } from '../../core/json-limits.js'
import { fileError } from './failures.js'
import type { InputFile } from './locate.js'

/** A record in a list in an object, with room for more. */
const LIMITS = { depth: 100, commas: Number.POSITIVE_INFINITY }

/**
 * Refuses JSON that is nested deeper than any table: the table engine recurses, and ends the process. Of zstd nothing is seen here.
 *
 * @throws DataError `data-not-a-table`
 */
export async function checkDepth({ file, path, compression }: InputFile): Promise<void> {
  if (compression === 'zstd') return
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  const bytes = compression === 'gzip' ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source
  const scanner = createJsonScanner(LIMITS)
  try {
    for await (const piece of bytes) {
      const reason = scanner.push(piece as Buffer)
      if (reason !== undefined) throw createError('data-not-a-table', { file, reason })
    }
  } catch (error) {
    throw fileError(file, error)
  } finally {
    source.destroy()
  }
}
