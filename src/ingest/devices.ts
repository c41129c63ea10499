import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Frame } from '../core/frame.js'
import { readError, temporaryPath, writeError } from '../files/index.js'
import { type ChunkedTable, type ReadChunksOptions, readChunks, type TableChunk } from './chunks.js'
import type { TableSource } from './files/source.js'

/** The table of one device, which is read when it is asked for. */
export interface DeviceTable {
  /** Its name, as the device column has it; empty in a table without one. */
  readonly device: string
  readonly samples: number
  /** No device comes after it. */
  readonly isLast: boolean
  /** Those of the whole table: a device may have no reading of some. */
  readonly channels: readonly string[]
  /** The whole table. Memory: that of the frame. */
  read(): Promise<TableChunk & { readonly device: string }>
  /** The same samples as chunks of at least `chunkRows` each, but the last. Memory: that of a chunk. */
  chunks(): AsyncGenerator<TableChunk & { readonly device: string }>
}

/** The tables of all devices, in the order in which they appear. */
export interface DeviceTables
  extends AsyncIterable<DeviceTable>,
    Pick<
      ChunkedTable,
      'channels' | 'timeKind' | 'sizeBytes' | 'expectedRows' | 'summary' | 'columns' | 'derived'
    > {}

/**
 * Reads a table of several devices one device at a time, with the same samples as `readTables`: one pass over the table puts each device's samples into
 * a temporary file of its own, so that memory depends on the device at hand, never on how many there are. The files are gone when the loop ends or is left,
 * and a device can be read until then. One loop per call.
 *
 * Errors: those of `readTable`; those of a row before the first device comes. Cost: that of `readTable`, and 8 (C + 1) bytes of disk per sample.
 */
export async function readDevices(
  source: TableSource,
  options: ReadChunksOptions = {},
): Promise<DeviceTables> {
  const table = await readChunks(source, options)
  async function* devices(): AsyncGenerator<DeviceTable> {
    const folder = await temporaryPath()
    await mkdir(folder, 0o700)
    try {
      const kept = new Map<string, Spool>()
      for await (const chunk of table) {
        const device = chunk.device ?? ''
        const spool = kept.get(device) ?? createSpool(join(folder, String(kept.size)), chunk)
        kept.set(device, spool)
        await spool.append(chunk)
      }
      // Chunks come when they are full, which need not be the order in which devices appear.
      const { devices } = table.summary
      const inOrder = [...kept].sort(([a], [b]) => devices.indexOf(a) - devices.indexOf(b))
      for (const [position, [device, spool]] of inOrder.entries()) {
        const { pieces } = spool
        yield {
          device,
          samples: total(pieces),
          isLast: position === inOrder.length - 1,
          channels: table.channels,
          read: async () => ({ device, ...(await spool.read(0, pieces.length)) }),
          async *chunks() {
            for (let from = 0, to = 0; from < pieces.length; from = to) {
              for (let size = 0; to < pieces.length && size < (options.chunkRows ?? 65_536); to++)
                size += pieces[to]!
              yield { device, ...(await spool.read(from, to)) }
            }
          },
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const { channels, timeKind, sizeBytes, expectedRows, summary, columns, derived } = table
  return {
    channels,
    timeKind,
    sizeBytes,
    expectedRows,
    summary,
    columns,
    derived,
    [Symbol.asyncIterator]: devices,
  }
}

/** Samples in a file: for each piece its times, its readings, and its labels when there are any, as they lie in memory. */
interface Spool {
  /** Samples of each piece. */
  readonly pieces: number[]
  append(chunk: TableChunk): Promise<void>
  /** Pieces `[from, to)` as one. */
  read(from: number, to: number): Promise<Pick<TableChunk, 'frame' | 'labels'>>
}

function createSpool(path: string, like: TableChunk): Spool {
  const pieces: number[] = []
  const { channels, timeKind } = like.frame
  const width = channels.length
  const hasLabels = like.labels !== undefined
  const sampleBytes = 8 * (1 + width) + (hasLabels ? 1 : 0)
  return {
    pieces,
    async append({ frame, labels }) {
      const arrays = [frame.timeMs, frame.values, ...(labels ? [labels] : [])]
      await using(path, 'a', async file => {
        for (const array of arrays) await file.writeFile(bytesOf(array))
      })
      pieces.push(frame.timeMs.length)
    },
    async read(from, to) {
      const samples = total(pieces.slice(from, to))
      const timeMs = new Float64Array(samples)
      const values = new Float64Array(samples * width)
      const labels = hasLabels ? new Uint8Array(samples) : undefined
      await using(path, 'r', async file => {
        let position = sampleBytes * total(pieces.slice(0, from))
        let at = 0
        for (const n of pieces.slice(from, to)) {
          const targets = [
            timeMs.subarray(at, at + n),
            values.subarray(at * width, (at + n) * width),
            ...(labels ? [labels.subarray(at, at + n)] : []),
          ]
          for (const target of targets) position += await fill(file, bytesOf(target), position)
          at += n
        }
      })
      const frame: Frame = { timeMs, timeKind, values, channels }
      return { frame, labels }
    },
  }
}

/** Errors: `file-unwritable`, `file-unreadable`, which is also what a device meets that is read too late. */
async function using(
  path: string,
  flags: 'a' | 'r',
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  let file: FileHandle | undefined
  try {
    file = await open(path, flags, 0o600)
    await work(file)
  } catch (error) {
    const shown = 'the temporary file of a device'
    throw flags === 'a' ? writeError(shown, error) : readError(shown, error)
  } finally {
    await file?.close()
  }
}

/** Reads until the target is full; returns its length. */
async function fill(file: FileHandle, target: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done)
    if (bytesRead === 0) throw new Error('it is shorter than what was written')
    done += bytesRead
  }
  return target.length
}

const bytesOf = (array: Float64Array | Float32Array | Uint8Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

const total = (pieces: readonly number[]) => pieces.reduce((sum, n) => sum + n, 0)
