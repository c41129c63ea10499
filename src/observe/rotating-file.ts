import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { makeFolderSync, writeError } from '../files/index.js'

/** An append-only file, rotated when it is full. */
export interface RotatingFile {
  /** Writes a line before it returns. */
  write(line: string): void
  /** Writes lines in the background: they are in the file when the promise resolves. One call at a time, and no `write` meanwhile. */
  append(lines: readonly string[]): Promise<void>
  close(): void
}

const writeAsync = promisify(write)

/**
 * Opens `path` for appending, making its folder. A line that would pass `maxSizeBytes` first turns `path` into `path.1`, `path.1`
 * into `path.2` and so on; of the full ones `backups` are kept. Lines are never split. What `write` wrote is in the file when the program dies.
 *
 * Errors: `file-unwritable`, from opening and from each write.
 */
export function openRotatingFile(path: string, maxSizeBytes: number, backups: number): RotatingFile {
  const guard = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      throw writeError(path, cause)
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
    async append(lines) {
      try {
        for (const bytes of pieces(lines, size, maxSizeBytes)) {
          if (file === undefined) return
          if (size > 0 && size + bytes.length > maxSizeBytes) rotate()
          for (let done = 0; done < bytes.length; )
            done += (await writeAsync(file, bytes, done, bytes.length - done)).bytesWritten
          size += bytes.length
        }
      } catch (error) {
        guard(() => {
          throw error
        })
      }
    },
    close: () => guard(close),
  }
}

/** Lines joined to pieces that fit into a file; the first fits behind what is in it. */
function* pieces(lines: readonly string[], size: number, most: number): Generator<Buffer> {
  let joined: Buffer[] = []
  let length = size
  for (const line of lines) {
    const bytes = Buffer.from(line)
    if (joined.length > 0 && length + bytes.length > most) {
      yield Buffer.concat(joined)
      joined = []
      length = 0
    }
    joined.push(bytes)
    length += bytes.length
  }
  if (joined.length > 0) yield Buffer.concat(joined)
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
