import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createError } from '../../core/errors.js'
import { cacheKey } from './cache.js'

/**
 * SHA-256 of a file, or of a folder: its names and their hashes, sorted; undefined for what does not exist. Symbolic links are followed.
 *
 * Errors: `file-unreadable`.
 */
export async function contentHash(path: string): Promise<string | undefined> {
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) return undefined
  if (info.isDirectory()) {
    const parts: string[] = []
    for (const name of (await readdir(path)).sort())
      parts.push(name, (await contentHash(join(path, name))) ?? 'gone')
    return cacheKey(['folder', ...parts])
  }
  if (!info.isFile()) throw createError('file-unreadable', { file: path, reason: 'it is not a regular file' })
  return hashFile(path)
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}
