import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { createError } from '../../core/errors.js'
import { fileError } from './failures.js'
import type { InputFile } from './locate.js'

const ZSTD_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50

/** Tables shrink ten to forty times; only what says nothing shrinks a thousand times. */
const MOST_RATIO = 250
const LEAST_SUSPICIOUS = 64 * 1024 * 1024

const bomb = (file: string, bytes: number) =>
  createError('file-unreadable', {
    file,
    reason: `it unpacks to more than ${MOST_RATIO} times its size (${bytes} bytes so far)`,
  })

/**
 * Refuses a compressed file that is cut off: the engine would take what is there for the whole. Gzip is unpacked once, its checksums compared;
 * of zstd the chain of blocks is followed. Errors: `file-unreadable`.
 */
export async function checkComplete({ file, path, compression, sizeBytes }: InputFile): Promise<void> {
  if (compression === 'none') return
  try {
    if (compression === 'gzip') {
      let unpacked = 0
      const nowhere = new Writable({
        write(chunk: Buffer, _encoding, done) {
          unpacked += chunk.length
          const isBomb = unpacked > LEAST_SUSPICIOUS && unpacked > MOST_RATIO * sizeBytes
          done(isBomb ? bomb(file, unpacked) : undefined)
        },
      })
      return await pipeline(createReadStream(path), createGunzip({ chunkSize: 1 << 18 }), nowhere)
    }
    const handle = await open(path)
    try {
      if (await zstdEnds(handle)) return
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(file, error)
  }
  throw createError('file-unreadable', { file, reason: 'its zstd data are damaged (unexpected end of file)' })
}

/** Whether the last frame ends where the file does [RFC 8878, section 3.1]. */
async function zstdEnds(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat()
  const read = async (at: number, length: number): Promise<Buffer | undefined> => {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, at)
    return bytesRead === length ? buffer : undefined
  }
  for (let at = 0; at < size; ) {
    const start = await read(at, 5)
    if (start === undefined) return false
    const magic = start.readUInt32LE()
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      const length = await read(at + 4, 4)
      if (length === undefined) return false
      at += 8 + length.readUInt32LE()
      continue
    }
    if (magic !== ZSTD_MAGIC) return false
    const descriptor = start[4]!
    at += 5 + headerLength(descriptor)
    for (let isLast = false; !isLast; ) {
      const block = await read(at, 3)
      if (block === undefined) return false
      const header = block.readUIntLE(0, 3)
      isLast = (header & 1) === 1
      // A run of one byte is stored as that byte.
      at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3)
    }
    if (descriptor & 4) at += 4
    if (at > size) return false
  }
  return true
}

/** Bytes of window, dictionary and content size that follow the descriptor of a frame. */
function headerLength(descriptor: number): number {
  const isSingleSegment = (descriptor & 32) !== 0
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  return (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + contentSize
}
