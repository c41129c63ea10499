import { closeSync, constants, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createError } from '../core/errors.js'
import { makeFolderSync } from '../files/index.js'

/** An append-only file, rotated when it is full. */
export interface RotatingFile {
  write(line: string): void
  close(): void
}

/**
 * Opens `path` for appending, making its folder. A line that would pass `maxSizeBytes` first turns `path` into `path.1`, `path.1`
 * into `path.2` and so on; of the full ones `backups` are kept. Lines are never split. Writes are synchronous: what was written
 * is in the file when the program dies.
 *
 * Errors: `file-unwritable`, from opening and from each write.
 */
export function openRotatingFile(path: string, maxSizeBytes: number, backups: number): RotatingFile {
  const guard = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      throw createError('file-unwritable', { file: path, reason: code ?? message }, cause)
    }
  }
  let file: number | undefined
  let size = 0
  const open = () => {
    // Without waiting for a reader, should it be a pipe.
    file = openSync(
      path,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0),
      0o600,
    )
    const info = fstatSync(file)
    if (!info.isFile()) throw new Error('it is not a regular file')
    size = info.size
  }
  const rotate = () => {
    close()
    rmSync(backups === 0 ? path : `${path}.${backups}`, { force: true })
    for (let i = backups; i > 0; i--) moveIfThere(i === 1 ? path : `${path}.${i - 1}`, `${path}.${i}`)
    open()
  }
  const close = () => {
    if (file === undefined) return
    fsyncSync(file)
    closeSync(file)
    file = undefined
  }
  guard(() => {
    makeFolderSync(dirname(path))
    open()
  })
  return {
    write: line =>
      guard(() => {
        if (file === undefined) return
        const bytes = Buffer.from(line)
        if (size > 0 && size + bytes.length > maxSizeBytes) rotate()
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
        size += bytes.length
      }),
    close: () => guard(close),
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
