import { extname } from 'node:path'
import type { Writable } from 'node:stream'
import { createError } from '../core/errors.js'
import { writeError, writeFileAtomic } from '../files/index.js'
import { inPieces } from './cells.js'

export type OutputFormat = 'csv' | 'jsonl'

export interface OutputOptions {
  /** Default: by the ending of the file; CSV on standard output. */
  readonly format?: OutputFormat
  /** What `-` stands for. Default: the standard output of the process. */
  readonly stream?: Writable
}

const FORMATS: Record<string, OutputFormat> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' }

/**
 * The format that the ending of a file asks for; `-` (standard output) is CSV. Errors: `format-unknown`.
 *
 * @example
 * import { checkOutputFormat } from 'telltale'
 * checkOutputFormat('scores.ndjson') // => 'jsonl'
 */
export function checkOutputFormat(file: string): OutputFormat {
  if (file === '-') return 'csv'
  const ending = extname(file)
  const format = FORMATS[ending.toLowerCase()]
  if (format) return format
  const got = ending === '' ? 'none' : ending
  throw createError('format-unknown', { file, got, wanted: Object.keys(FORMATS).join(', ') })
}

/** Writes lines to a file, whole or not at all, or to standard output for `-`. */
export async function writeLines(file: string, lines: Iterable<string>, stream?: Writable): Promise<void> {
  const pieces = inPieces(lines)
  if (file !== '-') return writeFileAtomic(file, pieces)
  await writeStream(stream ?? process.stdout, pieces)
}

/** Waits for each piece to be taken. A reader that went away (`| head`) ends the writing without an error. */
async function writeStream(stream: Writable, pieces: Iterable<string>): Promise<void> {
  const ignore = () => {} // the callback of write reports the same error
  stream.on('error', ignore)
  for (const piece of pieces) {
    const error = await new Promise<Error | null | undefined>(done => stream.write(piece, done))
    if (!error) continue
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    throw writeError('standard output', error)
  }
  stream.off('error', ignore)
}
