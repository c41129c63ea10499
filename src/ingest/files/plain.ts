import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { createError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import { withoutEscapes } from '../rows/escapes.js'
import { readText } from '../rows/records.js'
import type { Row } from '../shapes/row.js'
import type { ReadSummary } from '../summary.js'
import { cellsOf, findLayout, isStructural, type Layout } from '../tables/layout.js'
import { areQuotedWhole, unquotedLine } from '../tables/quoted-lines.js'
import { createLineCutter } from '../tables/table-lines.js'
import { countPlace } from '../tally.js'
import { quotedCell, wholeRecords, writeText } from './copy.js'
import { type Encoding, encodingOf } from './encoding.js'
import { fileError } from './failures.js'
import { parseJson, readDocument } from './json-document.js'
import type { InputFile, PlainFile } from './locate.js'
import { looseJson } from './loose-json.js'
import { type ReadingsForm, readingsForm, writeReadings } from './readings-copy.js'
import { serverPage } from './server-answer.js'
import { MOST_LISTED, readWorkbook, type SheetChoice } from './workbook.js'

const HEAD = 1 << 16
const HEAD_LINES = 300
const TAIL = 1 << 12

/**
 * A file as a plain table: a table with a preamble, comments, a units row, empty columns, sums, blanks between its columns, in another
 * encoding, or an Excel workbook, is copied as such into `folder`, and what is left out is counted in `summary`. Every other file is itself.
 * Cost: the first and last kilobytes of a plain file, one pass over another. Errors: `file-unreadable`, `data-not-a-table`.
 */
export async function plainFile(
  input: InputFile,
  folder: string,
  summary: ReadSummary,
  sheet: SheetChoice = {},
): Promise<PlainFile> {
  if (input.format === 'parquet') return input
  const copy = async () => {
    await mkdir(folder, { recursive: true })
    return join(folder, `${randomBytes(8).toString('hex')}.copy`)
  }
  try {
    if (input.format === 'xlsx') return await workbookCopy(input, await copy(), folder, summary, sheet)
    if (input.format === 'json') {
      const loose = await looseJson(input)
      if (loose !== undefined) return await strictCopy(input, loose, await copy(), folder, summary)
      const document = await readDocument(input)
      if (document === undefined) return await wholeLines(input, copy, summary)
      if (document.cells !== undefined)
        return await rowsCopy(input, document.cells, await copy(), folder, summary)
      summary.assumptions.push(
        ...document.notes.map((note, i) => `${input.file}: ${i === 0 ? 'it was ' : ''}${note}`),
      )
      return await recordsCopy(input, document.rows, await copy())
    }
    const encoding = input.compression === 'none' ? await encodingOf(input.path) : 'utf-8'
    if (encoding === undefined) return input
    const head = await firstRecords(input, encoding)
    const refusal = head && serverPage(input.file, head.texts)
    if (refusal !== undefined) throw refusal
    const form = head && readingsForm(head.texts, head.isComplete)
    if (form !== undefined) return await readingsCopy(input, encoding, form, await copy(), summary)
    const layout = head && findLayout(head.texts, head.numbers)
    const tail = layout && input.compression === 'none' ? await tailOf(input) : Buffer.alloc(0)
    const oddities = [
      ...(encoding === 'utf-8' ? [] : [`text in ${NAMES[encoding]}`]),
      ...(head?.hasEscapes ? ['colours of a terminal, which are left out'] : []),
      ...(head?.isQuoted ? ['lines in quotes as a whole'] : []),
      ...(encoding === 'utf-8' && tail.at(-1) === 0 ? ['NUL characters at its end, which are left out'] : []),
      ...(layout?.oddities ?? []),
    ]
    if (oddities.length === 0 && !(layout && hasFooter(tail, layout))) return input
    if (oddities.length > 0) summary.assumptions.push(`${input.file} was read with ${oddities.join(', ')}`)
    return await writePlain(input, recordsOf(input, encoding, head?.isQuoted), layout, await copy(), summary)
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

/** The text of a file without the NUL characters at its end, which a recorder that loses its power leaves there. */
async function* textOf(input: InputFile, encoding: Encoding): AsyncGenerator<string> {
  for await (const piece of piecesOf(input, encoding))
    yield piece.endsWith('\0') ? piece.replace(/\0+$/, '') : piece
}

async function* piecesOf(input: InputFile, encoding: Encoding): AsyncGenerator<string> {
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

/** The records of a text, without colours, and without the quotes around each as a whole. */
async function* recordsOf(input: InputFile, encoding: Encoding, isQuoted = false) {
  for await (const { line, text } of wholeRecords(textOf(input, encoding)))
    yield { line, text: isQuoted ? unquotedLine(withoutEscapes(text)) : withoutEscapes(text) }
}

interface FirstRecords {
  readonly texts: readonly string[]
  readonly numbers: readonly number[]
  readonly isComplete: boolean
  readonly hasEscapes: boolean
  readonly isQuoted: boolean
}

/** The first records and the lines that they begin on; undefined for what is no text. */
async function firstRecords(input: InputFile, encoding: Encoding): Promise<FirstRecords | undefined> {
  const texts: string[] = []
  const numbers: number[] = []
  let size = 0
  let isComplete = true
  let hasEscapes = false
  try {
    for await (const { line, text: written } of wholeRecords(textOf(input, encoding))) {
      const text = withoutEscapes(written)
      hasEscapes ||= text !== written
      texts.push(text)
      numbers.push(line)
      size += text.length
      if (texts.length >= HEAD_LINES || size > HEAD) {
        isComplete = false
        break
      }
    }
  } catch {
    // Its reader says what is wrong with it.
    return undefined
  }
  const isQuoted = areQuotedWhole(texts)
  return { texts: isQuoted ? texts.map(unquotedLine) : texts, numbers, isComplete, hasEscapes, isQuoted }
}

async function tailOf(input: InputFile): Promise<Buffer> {
  const handle = await open(input.path)
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(Math.min(TAIL, size))
    await handle.read(bytes, 0, bytes.length, size - bytes.length)
    return bytes
  } finally {
    await handle.close()
  }
}

function hasFooter(tail: Buffer, layout: Layout): boolean {
  const lines = tail.toString('utf8').split(/\r\n|\n|\r/)
  return lines
    .slice(1)
    .some(line => line.trim() !== '' && isStructural(cellsOf(line, layout.delimiter), layout.names))
}

async function writePlain(
  input: InputFile,
  records: ReturnType<typeof recordsOf>,
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
    for await (const { line, text } of records) {
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

/** Turns a line into the line of a plain table; undefined for one that is none of its rows, for which `skipped` is called. */
function createLinePlainer(layout: Layout | undefined, skipped: (line: number, text: string) => void) {
  if (layout === undefined) return (_line: number, text: string) => text as string | undefined
  const cut = createLineCutter(layout)
  const out = outOf(layout)
  return (line: number, text: string): string | undefined => {
    if (line <= layout.firstLine || text.trim() === '') return undefined
    const row = cut(text)
    if (row === undefined) skipped(line, text)
    return row?.isWhole ? text : row?.cells.map(cell => quotedCell(cell, out)).join(out)
  }
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
  choice: SheetChoice,
): Promise<PlainFile> {
  const { rows, sheet, others } = await readWorkbook(input, choice)
  if (rows.length === 0)
    throw createError('data-empty', { file: input.file, reason: `the sheet ${sheet} is empty` })
  const rest =
    others.length === 0 ? '' : `, not ${listNames(others, MOST_LISTED)}: --sheet NAME reads another`
  const why = sheet === choice.trained ? ', as in the training' : ''
  summary.assumptions.push(
    `the sheet ${sheet} of ${input.file} was read${why}${choice.wanted === undefined ? rest : ''}`,
  )
  return { ...(await rowsCopy(input, rows, path, folder, summary)), sheet }
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

/** Lines that are readings as a delimited text with one reading per row. */
async function readingsCopy(
  input: InputFile,
  encoding: Encoding,
  form: ReadingsForm,
  path: string,
  summary: ReadSummary,
): Promise<PlainFile> {
  const lines = () => wholeRecords(textOf(input, encoding), true)
  await writeReadings(input, form, lines, path, summary)
  const { size } = await stat(path)
  // A table of names has a header, which the lines have not.
  const lineOf = form === 'fields' ? (line: number) => line - 1 : undefined
  return { ...input, path, sizeBytes: size, compression: 'none', ...(lineOf && { lineOf }) }
}

/** Lines that are JSON but for their form, as JSON. */
async function strictCopy(
  input: InputFile,
  { form, pieces }: NonNullable<Awaited<ReturnType<typeof looseJson>>>,
  path: string,
  folder: string,
  summary: ReadSummary,
): Promise<PlainFile> {
  await writeText(path, pieces)
  summary.assumptions.push(`${input.file} was read with ${form}`)
  const { size } = await stat(path)
  return plainFile({ ...input, path, sizeBytes: size, compression: 'none' }, folder, summary)
}

/** Rows of named cells as one object per line. */
async function recordsCopy(input: InputFile, rows: readonly Row[], path: string): Promise<PlainFile> {
  await writeText(path, async function* () {
    for (const row of rows) yield `${JSON.stringify(row)}\n`
  })
  const { size } = await stat(path)
  return { ...input, path, sizeBytes: size, compression: 'none' }
}
