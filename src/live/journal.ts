import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { writeError } from '../files/index.js'

/** A file of lines, each with its checksum; a line counts when it is whole. */
export interface Journal {
  /** Bytes so far. */
  size(): number
  /**
   * Appends lines; resolves when they are on the disk. Lines that come while the disk is busy are written together, in order.
   *
   * @throws SourceError `file-unwritable`
   */
  append(lines: readonly string[]): Promise<void>
  close(): Promise<void>
}

const CHECK_LENGTH = 8
const checkOf = (line: string) => createHash('sha1').update(line).digest('hex').slice(0, CHECK_LENGTH)

/** @throws SourceError `file-unwritable` */
export async function openJournal(path: string): Promise<Journal> {
  const opened = async () => {
    try {
      return await open(path, 'a')
    } catch (error) {
      throw writeError(path, error)
    }
  }
  const handle = await opened()
  let size = (await handle.stat()).size
  let waiting: Buffer[] = []
  let running = Promise.resolve()
  let next: Promise<void> | undefined
  const flush = async () => {
    const bytes = Buffer.concat(waiting)
    waiting = []
    next = undefined
    try {
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten
      await handle.datasync()
    } catch (error) {
      throw writeError(path, error)
    }
  }
  return {
    size: () => size,
    append(lines) {
      const bytes = Buffer.from(lines.map(line => `${checkOf(line)} ${line}\n`).join(''))
      waiting.push(bytes)
      size += bytes.length
      if (next === undefined) {
        next = running.then(flush)
        running = next
      }
      return next
    },
    async close() {
      await running.catch(() => {})
      await handle.close()
    },
  }
}

/** The whole lines of a journal up to the first that is not; none where there is no file. */
export async function* readJournal(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path)
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = text.slice(CHECK_LENGTH + 1)
      if (checkOf(line) !== text.slice(0, CHECK_LENGTH)) return
      yield line
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  } finally {
    stream.destroy()
  }
}
