import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { createError } from '../../core/errors.js'
import { readText } from '../rows/records.js'
import type { Row } from '../shapes/row.js'
import type { ReadSummary } from '../summary.js'
import { cellsOf, findLayout, isComment, isStructural, type Layout } from '../tables/layout.js'
import { countPlace } from '../tally.js'
import { type Encoding, encodingOf } from './encoding.js'
import { fileError } from './failures.js'
import { parseJson, readDocument } from './json-document.js'
import type { InputFile, PlainFile } from './locate.js'
import { serverPage } from './server-answer.js'
import { readWorkbook } from './workbook.js'

const HEAD = 1 << 16
const HEAD_LINES = 300
const TAIL = 1 << 12

/**
 * A file as a plain table: a table with a preamble, comments, a units row, empty columns, sums, blanks between its columns, in another
 * encoding, or an Excel workbook, is copied as such into `folder`, and what is left out is counted in `summary`. Every other file is itself.
 * Cost: the first and last kilobytes of a plain file, one pass over another. Errors: `file-unreadable`, `data-not-a-table`.
 */
export async function plainFile(input: InputFile, folder: string, summary: ReadSummary): Promise<PlainFile> {
  if (input.format === 'parquet') return input
  const copy = async () => {
    await mkdir(folder, { recursive: true })
    return join(folder, `${randomBytes(8).toString('hex')}.copy`)
  }
  try {
    if (input.format === 'xlsx') return await workbookCopy(input, await copy(), folder, summary)
    if (input.format === 'json') {
      const document = await readDocument(input)
      if (document === undefined) return await wholeLines(input, copy, summary)
      if (document.cells !== undefined)
        return await rowsCopy(input, document.cells, await copy(), folder, summary)
      summary.assumptions.push(...document.notes.map(note => `${input.file}: ${note}`))
      return await recordsCopy(input, document.rows, await copy())
    }
    const encoding = input.compression === 'none' ? await encodingOf(input.path) : 'utf-8'
    if (encoding === undefined) return input
    const head = await firstRecords(input, encoding)
    const refusal = head && serverPage(input.file, head.texts)
    if (refusal !== undefined) throw refusal
    const layout = head && findLayout(head.texts, head.numbers)
    const isOdd = encoding !== 'utf-8' || (layout !== undefined && layout.oddities.length > 0)
    if (!isOdd && !(layout && input.compression === 'none' && (await hasFooter(input, layout)))) return input
    const oddities = [
      ...(encoding === 'utf-8' ? [] : [`text in ${NAMES[encoding]}`]),
      ...(layout?.oddities ?? []),
    ]
    if (oddities.length > 0) summary.assumptions.push(`${input.file} was read with ${oddities.join(', ')}`)
    return await writePlain(input, encoding, layout, await copy(), summary)
  } catch (error) {
    throw fileError(input.file, error)
  }
}

const NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}

async function* textOf(input: InputFile, encoding: Encoding): AsyncGenerator<string> {
  if (input.compression === 'zstd' || encoding === 'utf-8') return yield* readText(input)
  const source = createReadStream(input.path, { highWaterMark: 1 << 18 })
  const bytes = input.compression === 'gzip' ? source.pipe(createGunzip()) : source
  const decoder = new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' })
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk as Buffer, { stream: true })
    yield decoder.decode()
  } finally {
    source.destroy()
  }
}

/** The first records and the lines that they begin on; undefined for what is no text. */
async function firstRecords(
  input: InputFile,
  encoding: Encoding,
): Promise<{ readonly texts: readonly string[]; readonly numbers: readonly number[] } | undefined> {
  const texts: string[] = []
  const numbers: number[] = []
  let size = 0
  try {
    for await (const { line, text } of wholeRecords(textOf(input, encoding))) {
      texts.push(text)
      numbers.push(line)
      size += text.length
      if (texts.length >= HEAD_LINES || size > HEAD) break
    }
  } catch {
    // Its reader says what is wrong with it.
    return undefined
  }
  return { texts, numbers }
}

async function hasFooter(input: InputFile, layout: Layout): Promise<boolean> {
  const handle = await open(input.path)
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(Math.min(TAIL, size))
    await handle.read(bytes, 0, bytes.length, size - bytes.length)
    const lines = bytes.toString('utf8').split(/\r\n|\n|\r/)
    return lines
      .slice(1)
      .some(line => line.trim() !== '' && isStructural(cellsOf(line, layout.delimiter), layout.names))
  } finally {
    await handle.close()
  }
}

async function writePlain(
  input: InputFile,
  encoding: Encoding,
  layout: Layout | undefined,
  path: string,
  summary: ReadSummary,
): Promise<PlainFile> {
  const lines = createLineMap()
  const plain = createLinePlainer(layout, (line, got) =>
    countPlace(summary.skippedRows, () => ({
      file: input.file,
      line,
      got: JSON.stringify(got.slice(0, 40)),
    })),
  )
  await writeText(path, async function* () {
    if (layout) yield `${layout.names.map(name => quotedCell(name, outOf(layout))).join(outOf(layout))}\n`
    let out = layout ? 1 : 0
    for await (const { line, text } of wholeRecords(textOf(input, encoding))) {
      const row = layout ? plain(line, text) : text
      if (row === undefined) continue
      lines.add(++out, line)
      yield `${row}\n`
    }
  })
  const { size } = await stat(path)
  return {
    ...input,
    path,
    sizeBytes: size,
    compression: 'none',
    lineOf: lines.of,
    ...(layout?.units && { units: layout.units }),
  }
}

const outOf = ({ delimiter }: Layout) => (delimiter === 'blanks' ? ',' : delimiter)

/** Lines, those within quotes joined. */
async function* wholeRecords(text: AsyncIterable<string>): AsyncGenerator<{ line: number; text: string }> {
  let rest = ''
  let line = 0
  let open: { line: number; text: string } | undefined
  const take = function* (lines: readonly string[]) {
    for (const raw of lines) {
      line++
      const isOdd = raw.includes('"') && raw.split('"').length % 2 === 0
      if (open !== undefined) {
        open.text += `\n${raw}`
        if (!isOdd && open.text.length < 1 << 20) continue
        yield open
        open = undefined
      } else if (isOdd) open = { line, text: raw }
      else yield { line, text: raw }
    }
  }
  for await (const piece of text) {
    rest += line === 0 ? piece.replace(/^\uFEFF/, '') : piece
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    yield* take(lines)
  }
  if (rest !== '') yield* take([rest.replace(/\r$/, '')])
  if (open !== undefined) yield open
}

/** Turns a line into the line of a plain table; undefined for one that is none of its rows, for which `skipped` is called. */
function createLinePlainer(layout: Layout | undefined, skipped: (line: number, text: string) => void) {
  if (layout === undefined) return (_line: number, text: string) => text as string | undefined
  const { delimiter, columns, comment, firstLine, names } = layout
  const isWhole = delimiter !== 'blanks' && columns.every((column, i) => column === i)
  const out = outOf(layout)
  return (line: number, text: string): string | undefined => {
    if (line <= firstLine || text.trim() === '') return undefined
    if (comment !== undefined && isComment(text)) {
      skipped(line, text)
      return undefined
    }
    const cells = cellsOf(text, delimiter)
    if (isStructural(cells, names)) {
      skipped(line, text)
      return undefined
    }
    if (isWhole && cells.length === columns.length) return text
    const last = columns.at(-1)! + 1
    const surplus = cells.slice(last)
    const kept = cells.length < last ? padded(cells, last, layout) : columns.map(i => cells[i]!)
    const all = surplus.some(cell => cell.trim() !== '') ? [...kept, ...surplus] : kept
    return all.map(cell => quotedCell(cell, out)).join(out)
  }
}

/** A line that lacks only empty cells of columns that are left out is whole. */
function padded(cells: readonly string[], last: number, { columns }: Layout): string[] {
  const there = columns.filter(column => column < cells.length).map(column => cells[column]!)
  return last - cells.length <= last - columns.length
    ? [...there, ...Array(columns.length - there.length).fill('')]
    : there
}

function quotedCell(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || cell.includes('"') || cell.includes('\n')
    ? `"${cell.replaceAll('"', '""')}"`
    : cell
}

/** Lines of a copy to lines of its original, both from 1. */
function createLineMap() {
  const from: number[] = []
  const shift: number[] = []
  return {
    add(copy: number, original: number) {
      if (shift.at(-1) === original - copy) return
      from.push(copy)
      shift.push(original - copy)
    },
    of: (copy: number) => copy + (shift[from.findLastIndex(start => start <= copy)] ?? 0),
  }
}

async function writeText(path: string, pieces: () => AsyncGenerator<string>): Promise<void> {
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  let waiting = ''
  const flush = async () => {
    const text = waiting
    waiting = ''
    if (!target.write(text)) await new Promise<void>(done => target.once('drain', () => done()))
  }
  try {
    for await (const piece of pieces()) {
      waiting += piece
      if (waiting.length > 1 << 18) await flush()
    }
    await flush()
  } finally {
    await new Promise<void>((done, fail) => target.once('error', fail).end(() => done()))
  }
}

/** Lines of JSON whose last one is still being written: the copy lacks it, and it is counted. */
async function wholeLines(
  input: InputFile,
  copy: () => Promise<string>,
  summary: ReadSummary,
): Promise<PlainFile> {
  if (input.compression !== 'none') return input
  const cut = await halfLine(input.path)
  if (cut === undefined) return input
  const path = await copy()
  await writeText(path, async function* () {
    for await (const piece of createReadStream(input.path, { end: cut.at - 1, encoding: 'utf8' }))
      yield piece as string
  })
  countPlace(summary.skippedRows, () => ({
    file: input.file,
    line: cut.line,
    got: JSON.stringify(cut.text.slice(0, 40)),
  }))
  return { ...input, path }
}

async function halfLine(path: string): Promise<{ at: number; line: number; text: string } | undefined> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    const tail = Buffer.alloc(Math.min(1 << 20, size))
    await handle.read(tail, 0, tail.length, size - tail.length)
    const end = tail.lastIndexOf(10)
    const text = tail.subarray(end + 1).toString('utf8')
    if (end < 0 || !text.trim().startsWith('{') || parseJson(text) !== undefined) return undefined
    // Only where the line before is whole is this one of a file that has one object per line.
    const before = tail.subarray(tail.lastIndexOf(10, end - 1) + 1, end).toString('utf8')
    if (parseJson(before) === undefined) return undefined
    let line = 1
    for await (const chunk of createReadStream(path))
      for (const byte of chunk as Buffer) if (byte === 10) line++
    return { at: size - tail.length + end + 1, line, text }
  } finally {
    await handle.close()
  }
}

async function workbookCopy(
  input: InputFile,
  path: string,
  folder: string,
  summary: ReadSummary,
): Promise<PlainFile> {
  const { rows, sheet } = await readWorkbook(input)
  if (rows.length === 0)
    throw createError('data-empty', { file: input.file, reason: `the sheet ${sheet} is empty` })
  summary.assumptions.push(`the sheet ${sheet} of ${input.file} was read`)
  return rowsCopy(input, rows, path, folder, summary)
}

/** Rows of cells as a delimited text, which is read as any other. */
async function rowsCopy(
  input: InputFile,
  rows: readonly (readonly string[])[],
  path: string,
  folder: string,
  summary: ReadSummary,
): Promise<PlainFile> {
  await writeText(path, async function* () {
    for (const row of rows) yield `${row.map(cell => quotedCell(cell, ',')).join(',')}\n`
  })
  const { size } = await stat(path)
  return plainFile({ ...input, path, sizeBytes: size, format: 'csv', compression: 'none' }, folder, summary)
}

/** Rows of named cells as one object per line. */
async function recordsCopy(input: InputFile, rows: readonly Row[], path: string): Promise<PlainFile> {
  await writeText(path, async function* () {
    for (const row of rows) yield `${JSON.stringify(row)}\n`
  })
  const { size } = await stat(path)
  return { ...input, path, sizeBytes: size, compression: 'none' }
}
