import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createError, TelltaleError } from '../core/errors.js'
import { siblingPath, sweepSiblings } from './temporary.js'

export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>

/**
 * Writes a file whole or not at all: a temporary file in the same folder, synced to the disk, then renamed over `path`.
 * One chunk is held at a time. Errors: `file-unwritable`; then nothing is left behind and an old file is untouched.
 */
export async function writeFileAtomic(path: string, chunks: Chunks): Promise<void> {
  const temporary = siblingPath(path)
  try {
    await sweepSiblings(path)
    await writeFileSynced(temporary, chunks)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw writeError(path, error)
  }
}

/** Writes a new file and waits until it is on the disk. Errors are those of the file system. @param mode who may use it, before the umask */
export async function writeFileSynced(path: string, chunks: Chunks, mode = 0o666): Promise<void> {
  const handle = await open(path, 'wx', mode)
  try {
    for await (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes renames in a folder durable (fsync), where the system supports it. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path).catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

const REASONS: Record<string, string> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is a file',
  EBUSY: 'it is in use or a mount point',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'a symbolic link in its path leads back to itself',
  ERR_INVALID_ARG_VALUE: 'its path has a null character',
}

/** `file-unwritable` with a reason in words; errors of the catalogue pass through. */
export function writeError(file: string, error: unknown): TelltaleError {
  if (error instanceof TelltaleError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  return createError('file-unwritable', { file, reason: REASONS[code] ?? message }, error)
}
