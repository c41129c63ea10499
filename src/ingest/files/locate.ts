import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { createError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import { TABLE_ENDING } from '../../core/table-ending.js'
import { openEngine, sqlText } from '../../engine/index.js'
import { inspectFile, temporaryPath } from '../../files/index.js'
import { fileError } from './failures.js'

export type TableFormat = 'csv' | 'parquet' | 'json' | 'xlsx'
export type Compression = 'none' | 'gzip' | 'zstd'

/** A file that holds a table. */
export interface InputFile {
  /** As messages name it. */
  readonly file: string
  /** Absolute, without symbolic links. */
  readonly path: string
  readonly sizeBytes: number
  readonly format: TableFormat
  readonly compression: Compression
}

/** A file as a plain table: with a header in its first line, in UTF-8, and nothing around it. */
export interface PlainFile extends InputFile {
  /** Line of the file that was given, for a line of the plain copy; absent when they are the same. */
  lineOf?(line: number): number
  /** Text of the units row, by the order of the columns. */
  readonly units?: readonly string[]
  /** The sheet of a workbook. */
  readonly sheet?: string
}

export interface LocateOptions {
  /** Folders outside of which nothing is read. Default: anywhere. */
  readonly roots?: readonly string[]
  /** What `-` stands for. Default: the standard input of the process. */
  readonly input?: Readable
}

const FORMATS: Record<string, TableFormat> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  parquet: 'parquet',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  dat: 'csv',
  lvm: 'csv',
  xlsx: 'xlsx',
  lp: 'csv',
  prom: 'csv',
}

export const RECORD_SEPARATOR = '\u001e'
const UTF32_MARKS = new Set(['fffe0000', '0000feff'])
const PATTERN = /[*?[]/
const natural = new Intl.Collator('en', { numeric: true })

/**
 * The files that a path, a pattern, a folder or `-` (standard input) stands for, in the natural order of their names. A folder stands for the
 * tables in it, not for those of its folders. `use` gets the files; what was kept of standard input is gone when it returns.
 * Errors: `file-not-found`, `file-unreadable`, `data-empty`, `data-no-tables`, `path-outside`.
 */
export async function locateFiles(
  data: string,
  options: LocateOptions = {},
  skipped: { file: string; reason: string }[] = [],
): Promise<InputFile[]> {
  const kind = await stat(data).catch(() => undefined)
  if (kind?.isDirectory())
    return Promise.all((await tablesIn(data, skipped)).map(file => examine(file, options)))
  if (kind === undefined && PATTERN.test(data)) {
    return Promise.all((await matching(data)).map(file => examine(file, options)))
  }
  return [await examine(data, options)]
}

/** Standard input as a file, because a table is read more than once. `remove` deletes it. */
export async function keepInput(input: Readable): Promise<{ file: InputFile; remove: () => Promise<void> }> {
  const path = await temporaryPath()
  const remove = () => rm(path, { force: true })
  try {
    await pipeline(input, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    return { file: await examine(path, {}, 'standard input'), remove }
  } catch (error) {
    await remove()
    throw fileError('standard input', error)
  }
}

async function tablesIn(folder: string, skipped: { file: string; reason: string }[]): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const all = entries
      .filter(entry => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
    const named = all.filter(name => TABLE_ENDING.test(name)).sort(natural.compare)
    for (const name of all)
      if (!TABLE_ENDING.test(name))
        skipped.push({ file: join(folder, name), reason: 'its name is not that of a table' })
    const sizes = await Promise.all(
      named.map(async name => (await stat(join(folder, name)).catch(() => undefined))?.size),
    )
    const isEmpty = (name: string) => named.length > 1 && sizes[named.indexOf(name)] === 0
    for (const name of named.filter(isEmpty))
      skipped.push({ file: join(folder, name), reason: 'the file has zero bytes' })
    const files = named.filter(name => !isEmpty(name))
    if (files.length > 0) return files.map(name => join(folder, name))
  } catch (error) {
    throw fileError(folder, error)
  }
  throw createError('data-no-tables', {
    folder,
    endings: listNames(Object.keys(FORMATS).map(ending => `.${ending}`)),
  })
}

async function matching(pattern: string): Promise<string[]> {
  const absolute = resolve(pattern)
  const fixed = absolute.split(sep)
  const folder = fixed
    .slice(
      0,
      fixed.findIndex(part => PATTERN.test(part)),
    )
    .join(sep)
  const engine = await openEngine({ folders: [`${folder}${sep}`] })
  try {
    const rows = await engine.rows(`select file from glob(${sqlText(absolute)})`)
    const found = rows.map(row => String(row.file)).filter(file => !basename(file).startsWith('.'))
    const files = found.sort(natural.compare)
    if (files.length === 0) throw createError('file-not-found', { file: pattern })
    return pattern === absolute ? files : files.map(file => relative('', file))
  } finally {
    engine.close()
  }
}

/** @param file what it is called */
async function examine(from: string, { roots }: LocateOptions, file = from): Promise<InputFile> {
  try {
    const { path, sizeBytes } = await inspectFile(from, { roots })
    if (sizeBytes === 0) throw createError('data-empty', { file, reason: 'the file has zero bytes' })
    const magic = await firstBytes(path)
    if (UTF32_MARKS.has(magic.toString('hex')))
      throw createError('data-not-a-table', {
        file,
        reason: 'it is in UTF-32, which `iconv -f UTF-32 -t UTF-8` writes as UTF-8',
      })
    const compression = compressionOf(magic)
    const format =
      magic.toString('latin1', 0, 4) === 'PAR1'
        ? 'parquet'
        : magic.toString('latin1', 0, 4) === 'PK\x03\x04' && /\.xls[xm]$/i.test(path)
          ? 'xlsx'
          : await formatOf(path, compression, magic)
    return { file, path, sizeBytes, format, compression }
  } catch (error) {
    throw fileError(file, error)
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path)
  try {
    const bytes = Buffer.alloc(4)
    await handle.read(bytes, 0, 4, 0)
    return bytes
  } finally {
    await handle.close()
  }
}

function compressionOf(magic: Buffer): Compression {
  if (magic.readUInt16BE() === 0x1f8b) return 'gzip'
  return magic.readUInt32BE() === 0x28b52ffd ? 'zstd' : 'none'
}

/** Without the separator before the first text of a sequence of JSON (RFC 7464). */
const plainHead = (text: string) => (text.startsWith(RECORD_SEPARATOR) ? text.slice(1) : text)

/** By the ending, but for JSON that was saved as text; without a known one by the first character: no header of a delimited table starts with a bracket. */
async function formatOf(path: string, compression: Compression, magic: Buffer): Promise<TableFormat> {
  const ending = TABLE_ENDING.exec(basename(path))?.[1]
  const named = ending && FORMATS[ending.toLowerCase()]!
  if (named && !(named === 'csv' && /^(?:\{["'\s]|\[[{[\s])/.test(plainHead(magic.toString('latin1')))))
    return named
  if (compression === 'zstd') return 'csv'
  const source = createReadStream(path, { end: 1 << 16 })
  const text = compression === 'gzip' ? source.pipe(createGunzip()) : source
  try {
    for await (const bytes of text)
      return /^\uFEFF?\s*(?:\[|\{(?!__name__=))/.test(plainHead(String(bytes))) ? 'json' : 'csv'
  } catch {
    // What is wrong with it is told by the one who reads it.
  } finally {
    source.destroy()
  }
  return 'csv'
}
