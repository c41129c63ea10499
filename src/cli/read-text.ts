import { readFile, stat } from 'node:fs/promises'
import { createError, TelltaleError } from '../core/errors.js'

/** Maximum size of a file of labels. */
export const LABELS_LIMIT_BYTES = 268_435_456

/** The text of a small file, at most `limit` bytes. Errors: `file-not-found`, `file-unreadable`. */
export async function readText(path: string, file: string, limit: number): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > limit)
      throw createError('file-unreadable', {
        file,
        reason: `it has ${size} bytes, the limit is ${limit}`,
      })
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (cause) {
    if (cause instanceof TelltaleError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw createError('file-not-found', { file }, cause)
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : message
    throw createError('file-unreadable', { file, reason }, cause)
  }
}
