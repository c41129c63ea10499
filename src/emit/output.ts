import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { checkText } from '../core/check-input.js'
import { formatOfFile } from '../core/file-format.js'
import { siblingPath, sweepSiblings, syncFolder, writeError } from '../files/index.js'
import { type ColumnTypes, convertToParquet } from './parquet.js'
import { inPieces } from './pieces.js'

export type OutputFormat = 'csv' | 'jsonl' | 'parquet'

export interface OutputOptions {
  /** Default: by the ending of the file; CSV on standard output. */
  readonly format?: OutputFormat
  /** The stream for `-`. Default: the standard output of the process. */
  readonly stream?: Writable
}

const FORMATS: Record<string, OutputFormat> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
}

/**
 * The format by the extension of a file; `-` (standard output) is CSV. Errors: `format-unknown`.
 *
 * @example
 * import { checkOutputFormat } from './output.js'
 * checkOutputFormat('scores.ndjson') // => 'jsonl'
 */
export function checkOutputFormat(file: string): OutputFormat {
  checkText(file, 'file', 'the output')
  if (file === '-') return 'csv'
  return formatOfFile(file, FORMATS)
}

/** A file that is written in parts and appears only when it is finished. */
export interface Output {
  /** Appends lines; wait for it before the next. */
  write(lines: Iterable<string>): Promise<void>
  /** Marks this point; the returned function removes all that was written since. Absent on standard output, where nothing can be removed. */
  mark?(): Promise<() => Promise<void>>
  /** Puts the file in its place. */
  finish(): Promise<void>
  /** Deletes what was written; an old file is untouched. */
  abandon(): Promise<void>
}

/**
 * Opens a file, or standard output for `-`, for lines of CSV or JSON; for Parquet they are lines of JSON, and `columns` says what they hold.
 * Errors: `file-unwritable`.
 */
export async function openOutput(
  file: string,
  format: OutputFormat,
  columns: ColumnTypes,
  stream?: Writable,
): Promise<Output> {
  if (file === '-' && format !== 'parquet') return streamOutput(stream ?? process.stdout)
  const path = resolve(file)
  const temporary = [siblingPath(path)]
  const remove = () => Promise.all(temporary.map(name => rm(name, { force: true }).catch(() => {})))
  const guard = async <T>(work: () => Promise<T>, handle?: FileHandle): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      await handle?.close().catch(() => {})
      await remove()
      throw writeError(file, error)
    }
  }
  const handle = await guard(async () => {
    await sweepSiblings(path)
    return open(temporary[0]!, 'ax')
  })
  return {
    write: lines =>
      guard(async () => {
        for (const piece of inPieces(lines)) await handle.appendFile(piece)
      }, handle),
    mark: () =>
      guard(async () => {
        const { size } = await handle.stat()
        return () => guard(() => handle.truncate(size), handle)
      }, handle),
    finish: () =>
      guard(async () => {
        await handle.sync()
        await handle.close()
        if (format === 'parquet') {
          temporary.push(siblingPath(path))
          await convertToParquet(temporary[0]!, temporary[1]!, columns)
        }
        await rename(temporary.at(-1)!, path)
        await syncFolder(dirname(path))
        await remove()
      }),
    async abandon() {
      await handle.close().catch(() => {})
      await remove()
    },
  }
}

/** Writes a whole file through an opened one. */
export async function writeThrough<Content>(
  output: { write(content: Content): Promise<void> } & Pick<Output, 'finish' | 'abandon'>,
  content: Content,
): Promise<void> {
  try {
    await output.write(content)
    await output.finish()
  } catch (error) {
    await output.abandon()
    throw error
  }
}

/** Waits until each part is written. A closed pipe (`| head`) ends the writing without an error. */
export function streamOutput(stream: Writable): Output {
  const ignore = () => {} // the callback of write reports the same error
  let isGone = false
  const end = async () => void stream.off('error', ignore)
  stream.on('error', ignore)
  return {
    async write(lines) {
      for (const piece of inPieces(lines)) {
        if (isGone) return
        const error = await new Promise<Error | null | undefined>(done => stream.write(piece, done))
        isGone = (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE'
        if (error && !isGone) throw writeError('standard output', error)
      }
    },
    finish: end,
    abandon: end,
  }
}
