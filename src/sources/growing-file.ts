import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import type { Source } from './contract.js'
import { Inbox } from './inbox.js'
import { type LineMessage, LineReader, LineSplitter } from './lines.js'
import { type Item, sourceOf } from './source.js'
import type { SourceOptions } from './standard-input.js'

/** Where the reading of a file continues. */
interface FilePosition {
  readonly inode: number
  readonly offset: number
  /** Lines up to there; absent in positions of version 0.1. */
  readonly line?: number
  /** First bytes of the file: another file with the same inode is recognised. */
  readonly head: string
}

export interface GrowingFileOptions extends SourceOptions {
  /** Wait for more at the end of the file; false: the end of the file is the end of the source. */
  readonly follow: boolean
  /** Time between looks at a file that has no more, ms. */
  readonly pollMs?: number
}

const READ_BYTES = 1 << 16
const HEAD_BYTES = 256

/**
 * The lines of a file, also of one that grows: a last line without an end waits for it. A file that was renamed is read to its end before the new one
 * begins; one that was cut is read from its start.
 *
 * @param from the position of a delivery: reading continues after it, also in a file that was renamed within its folder
 * @throws SourceError `file-not-found` when the file is not there at the start
 */
export async function openGrowingFile(
  path: string,
  options: GrowingFileOptions,
  from: Json = null,
): Promise<Source> {
  const inbox = new Inbox<Item>(options.capacity)
  const follower = new Follower(path, options, inbox)
  await follower.open(from as FilePosition | null)
  const running = follower.run().then(
    () => inbox.end(),
    error => inbox.end(createError('file-unreadable', { file: path, reason: error.message }, error)),
  )
  const ending = { stop: () => follower.stop(), close: () => running }
  return sourceOf(path, inbox, options.decode, options.onBad, ending, from)
}

class Follower {
  readonly #path: string
  readonly #options: GrowingFileOptions
  readonly #inbox: Inbox<Item>
  #file: FileHandle | undefined
  #inode = 0
  #head = Buffer.alloc(0)
  #readTo = 0
  #splitter = new LineSplitter()
  #reader: LineReader
  #isStopped = false
  #wake: (() => void) | undefined

  constructor(path: string, options: GrowingFileOptions, inbox: Inbox<Item>) {
    this.#path = path
    this.#options = options
    this.#inbox = inbox
    this.#reader = new LineReader(path, options)
  }

  async open(from: FilePosition | null): Promise<void> {
    const known = from && (await this.#find(from))
    if (!(await this.#start(known ?? this.#path))) throw createError('file-not-found', { file: this.#path })
    if (known && from) await this.#skipTo(from)
  }

  async run(): Promise<void> {
    while (!this.#isStopped) {
      if (await this.#readSome()) continue
      const next = await this.#nextFile()
      if (next === 'same' && !this.#options.follow) break
      if (next === 'same') await this.#pause()
      else await this.#start(this.#path)
    }
    if (!this.#isStopped) await this.#flush()
    await this.#file?.close()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake?.()
    this.#inbox.end()
  }

  /** The file of a position: at its path, or under another name in the same folder. */
  async #find({ inode, offset, head }: FilePosition): Promise<string | undefined> {
    const folder = dirname(this.#path)
    const others = (await readdir(folder).catch(() => [])).map(name => join(folder, name))
    for (const path of [this.#path, ...others]) {
      const found = await stat(path).catch(() => undefined)
      if (found?.ino !== inode || found.size < offset) continue
      if ((await readHead(path, Buffer.from(head, 'base64').length)) === head) return path
    }
    return undefined
  }

  async #start(path: string): Promise<boolean> {
    const file = await open(path).catch(() => undefined)
    if (file === undefined) return false
    await this.#file?.close()
    this.#file = file
    this.#inode = (await file.stat()).ino
    this.#head = Buffer.alloc(0)
    this.#readTo = 0
    this.#splitter = new LineSplitter()
    this.#reader = new LineReader(this.#path, this.#options)
    return true
  }

  /** Reads again what stands above the rows, and continues at an offset. */
  async #skipTo({ offset, line }: FilePosition): Promise<void> {
    const bytes = Buffer.alloc(READ_BYTES)
    for (let at = 0; at === 0 || !this.#reader.isSettled; ) {
      const { bytesRead } = await this.#file!.read(bytes, 0, READ_BYTES, at)
      if (at === 0) this.#head = Buffer.from(bytes.subarray(0, Math.min(bytesRead, offset, HEAD_BYTES)))
      if (bytesRead === 0) break
      for (const whole of this.#splitter.push(Buffer.from(bytes.subarray(0, bytesRead))))
        if (!this.#reader.isSettled) this.#reader.read(whole)
      at += bytesRead
    }
    this.#reader.continueAt(line)
    this.#splitter.continueAt(offset)
    this.#readTo = offset
  }

  async #readSome(): Promise<boolean> {
    const buffer = Buffer.alloc(READ_BYTES)
    const { bytesRead } = await this.#file!.read(buffer, 0, READ_BYTES, this.#readTo)
    if (bytesRead === 0) return false
    const bytes = buffer.subarray(0, bytesRead)
    if (this.#head.length < HEAD_BYTES)
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, HEAD_BYTES - this.#head.length)])
    this.#readTo += bytesRead
    for (const line of this.#splitter.push(bytes)) await this.#put(this.#reader.read(line))
    return true
  }

  async #flush(): Promise<void> {
    for (const line of this.#splitter.end()) await this.#put(this.#reader.read(line))
    await this.#put(this.#reader.end())
  }

  async #put(messages: readonly LineMessage[]): Promise<void> {
    for (const { raw, end, lines } of messages) {
      const head = this.#head.subarray(0, Math.min(end, HEAD_BYTES)).toString('base64')
      await this.#inbox.put({
        raw,
        position: { inode: this.#inode, offset: end, ...(lines !== undefined && { line: lines }), head },
      })
    }
  }

  /** What lies at the path now that the file has no more. A last line of a file that was left counts as whole. */
  async #nextFile(): Promise<'same' | 'another'> {
    const now = await stat(this.#path).catch(() => undefined)
    if (now === undefined) return 'same'
    if (now.ino !== this.#inode) {
      // What was written between the last look and the change of the name.
      while (await this.#readSome());
      await this.#flush()
      return 'another'
    }
    return now.size < this.#readTo ? 'another' : 'same'
  }

  #pause(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, this.#options.pollMs ?? 100)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

async function readHead(path: string, length: number): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead).toString('base64')
  } finally {
    await file.close()
  }
}
