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

const isBomb = (unpacked: number, packed: number) =>
  unpacked > LEAST_SUSPICIOUS && unpacked > MOST_RATIO * packed

/**
 * Refuses a compressed file that is cut off, because the engine would take what is there for the whole, and one that unpacks to more than 250
 * times its size. Gzip is unpacked once, its checksums compared; of zstd the chain of blocks is followed. Errors: `file-unreadable`, `interrupted`.
 */
export async function checkComplete(
  { file, path, compression, sizeBytes }: InputFile,
  signal?: AbortSignal,
): Promise<void> {
  if (compression === 'none') return
  try {
    if (compression === 'gzip') {
      let unpacked = 0
      const nowhere = new Writable({
        write(chunk: Buffer, _encoding, done) {
          unpacked += chunk.length
          done(isBomb(unpacked, sizeBytes) ? bomb(file, unpacked) : undefined)
        },
      })
      return await pipeline(createReadStream(path), createGunzip({ chunkSize: 1 << 18 }), nowhere, { signal })
    }
    const unpacked = await unpackedZstd(path)
    if (unpacked !== undefined && isBomb(unpacked, sizeBytes)) throw bomb(file, unpacked)
    if (unpacked !== undefined) return
  } catch (error) {
    if (signal?.aborted) throw createError('interrupted', { what: 'reading' }, error)
    throw fileError(file, error)
  }
  throw createError('file-unreadable', { file, reason: 'its zstd data are damaged (unexpected end of file)' })
}

/**
 * At most this many bytes are in a compressed file, without unpacking it: of zstd from its blocks, of gzip from its last member, whose size is kept
 * modulo 4 GiB. 0 for a damaged file.
 */
export async function unpackedSize({ path, compression, sizeBytes }: InputFile): Promise<number> {
  if (compression === 'none') return sizeBytes
  if (compression === 'zstd') return (await unpackedZstd(path)) ?? 0
  const handle = await open(path)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, sizeBytes - 4))
    return bytesRead === 4 ? buffer.readUInt32LE() : 0
  } finally {
    await handle.close()
  }
}

async function unpackedZstd(path: string): Promise<number | undefined> {
  const handle = await open(path)
  try {
    return await followBlocks(handle)
  } finally {
    await handle.close()
  }
}

/** Most bytes that one block unpacks to. */
const BLOCK_BYTES = 128 * 1024
const RUN_BLOCK = 1
const COMPRESSED_BLOCK = 2

/** The most bytes that all blocks unpack to; undefined unless the last frame ends where the file does [RFC 8878, section 3.1]. */
async function followBlocks(handle: FileHandle): Promise<number | undefined> {
  const { size } = await handle.stat()
  let unpacked = 0
  const read = async (at: number, length: number): Promise<Buffer | undefined> => {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, at)
    return bytesRead === length ? buffer : undefined
  }
  for (let at = 0; at < size; ) {
    const start = await read(at, 5)
    if (start === undefined) return undefined
    const magic = start.readUInt32LE()
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      const length = await read(at + 4, 4)
      if (length === undefined) return undefined
      at += 8 + length.readUInt32LE()
      continue
    }
    if (magic !== ZSTD_MAGIC) return undefined
    const descriptor = start[4]!
    at += 5 + headerLength(descriptor)
    for (let isLast = false; !isLast; ) {
      const block = await read(at, 3)
      if (block === undefined) return undefined
      const header = block.readUIntLE(0, 3)
      isLast = (header & 1) === 1
      const type = (header >> 1) & 3
      const length = header >> 3
      unpacked += type === COMPRESSED_BLOCK ? BLOCK_BYTES : length
      // A run of one byte is stored as that byte.
      at += 3 + (type === RUN_BLOCK ? 1 : length)
    }
    if (descriptor & 4) at += 4
    if (at > size) return undefined
  }
  return unpacked
}

/** Bytes of window, dictionary and content size that follow the descriptor of a frame. */
function headerLength(descriptor: number): number {
  const isSingleSegment = (descriptor & 32) !== 0
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  return (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + contentSize
}
