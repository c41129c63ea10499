import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createError, TelltaleError } from '../core/errors.js'
import { makeFolder } from './folder.js'
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

/** The same for a file that a user named: the folders above it are made. Errors: `file-unwritable`. */
export async function writeOutput(path: string, chunks: Chunks): Promise<void> {
  await makeFolder(dirname(path)).catch(cause => {
    throw writeError(path, cause)
  })
  await writeFileAtomic(path, chunks)
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

/** Why a file cannot be written, and what helps. */
const REASONS: Record<string, readonly [reason: string, help: string]> = {
  ENOSPC: ['no space is left on the disk', 'Free some space, or choose another disk.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or choose another disk.'],
  EFBIG: ['the file would be too large', 'Write less, or choose another disk.'],
  EACCES: ['permission denied', 'Check the permissions of its folder, or choose another one.'],
  EPERM: ['permission denied', 'Check the permissions of its folder, or choose another one.'],
  EROFS: ['the disk is read-only', 'Choose another disk.'],
  ENOENT: ['its folder does not exist', 'Make the folder, or choose another one.'],
  ENOTDIR: [
    'a part of its path is a file',
    'Choose another path, each part of which but the last is a folder.',
  ],
  EBUSY: ['it is in use or a mount point', 'Choose another file.'],
  EISDIR: ['it is a folder', 'Name a file in it, or another file.'],
  ENAMETOOLONG: ['its name is too long', 'Choose a shorter name.'],
  ELOOP: ['a symbolic link in its path leads back to itself', 'Choose another path.'],
  ERR_INVALID_ARG_VALUE: ['its path has a null character', 'Choose another name.'],
}

/** `file-unwritable` with a reason in words and what helps; errors of the catalogue pass through. */
export function writeError(file: string, error: unknown): TelltaleError {
  if (error instanceof TelltaleError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const [reason, help] = REASONS[code] ?? [
    message,
    'Check free space and permissions, or choose another file.',
  ]
  return createError('file-unwritable', { file, reason, help }, error)
}
