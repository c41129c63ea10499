import { createError } from '../../core/errors.js'
import { scanTime } from '../../core/time-text.js'
import { fileError, notUtf8 } from '../files/failures.js'
import type { InputFile, PlainFile } from '../files/locate.js'
import { type CsvRecord, createRecordScanner, readText } from '../rows/records.js'
import { datumShare } from './datum.js'
import { findDecimal } from './decimal.js'
import { DELIMITERS } from './delimiters.js'
import { isNumber } from './number.js'
import { type Decimal, type NumberForm, numberFormOf } from './number-form.js'
import { sampleRows } from './sample.js'

const SAMPLE_RECORDS = 20
/** Characters that are cut into records at once. */
const PIECE = 1 << 11
const LONGEST_HEADER = 1 << 20
const MOST_COLUMNS = 4096
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what distinguishes binary data from text
const BINARY = /[\x00-\x08\x0e-\x1f]/

/** What the first lines of a delimited text say about the rest. */
export interface Header extends PlainFile, NumberForm {
  readonly delimiter: string
  /** Decimal separator. */
  readonly decimal: Decimal
  readonly names: readonly string[]
  /** Cells of the first row of data; undefined when there is none. */
  readonly firstRow: readonly string[] | undefined
  /** Rows from all over the file, as far as they have as many cells as the header. */
  readonly sample: readonly (readonly string[])[]
  /** Rows to expect, from the length of the first ones. */
  readonly expectedRows: number
}

function binaryReason(text: string, { 0: character, index }: RegExpExecArray): string {
  const line = text.slice(0, index).split(/\r\n|\n|\r/).length
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  return `it is not a text file: line ${line} holds the character U+${code}, which no text has`
}

/** Whether a cell holds a date or a date and a time, by the grammar of docs/reading.md. */
export function isTimeText(cell: string): boolean {
  return scanTime(cell) !== undefined
}

/**
 * Reads the first lines of a delimited text file: delimiter, names, first row.
 * Errors: `file-unreadable`, `data-empty`, `data-not-a-table`, `data-ragged-row`, `data-duplicate-column`,
 * `limit-columns`.
 */
export async function readHeader(input: PlainFile, given?: Decimal, known?: Decimal): Promise<Header> {
  const { file, sizeBytes, compression } = input
  const { text, complete } = await readHead(input)
  if (text.trim() === '') throw createError('data-empty', { file, reason: 'the file is empty' })
  const binary = BINARY.exec(text)
  if (binary !== null) throw createError('data-not-a-table', { file, reason: binaryReason(text, binary) })

  const { delimiter, records } = chooseDelimiter(text, complete)
  const header = records[0]
  if (header === undefined) {
    throw createError('data-not-a-table', { file, reason: 'its first line is longer than 1 MB' })
  }
  if (header.problem) {
    throw createError('data-not-a-table', { file, reason: `in the header line, ${header.problem}` })
  }
  const names = header.cells.map(name => name.trim())
  checkNames(file, names)
  const rows = records.slice(1)
  const last = rows.at(-1)
  const charactersPerRow = last ? text.length / Math.max(1, countLines(text) - 1) : 1
  const sample = await sampleRows(input, text, complete, delimiter, names.length)
  const form = numberFormOf(names.keys(), i => sample.map(row => row[i] ?? ''))
  const decimal = given ?? findDecimal(file, names, sample, { delimiter, known })
  return {
    ...input,
    delimiter,
    decimal,
    ...form,
    sample,
    names,
    firstRow: rows.find(row => names.length === 1 || row.cells.length > 1)?.cells,
    expectedRows:
      compression !== 'none' || complete
        ? countLines(text)
        : Math.ceil((sizeBytes / charactersPerRow) * 1.05),
  }
}

/** The first lines as text: all of a small file, the first 64 KiB or so (more when the header is longer) of a large one. */
async function readHead(input: InputFile): Promise<{ text: string; complete: boolean }> {
  let text = ''
  try {
    for await (const piece of readText(input)) {
      text += piece
      if (text.includes('\n') ? text.length > 1 << 16 : text.length > LONGEST_HEADER) {
        return { text, complete: false }
      }
    }
  } catch (error) {
    throw error instanceof TypeError ? notUtf8(input.file) : fileError(input.file, error)
  }
  return { text, complete: true }
}

/** The delimiter under which most of the first lines have as many cells as the header; then the one under which most cells are data, then that with most cells. */
function chooseDelimiter(text: string, complete: boolean): { delimiter: string; records: CsvRecord[] } {
  const candidates = DELIMITERS.map(delimiter => {
    const records = firstRecords(text, delimiter, complete)
    const width = records[0]?.cells.length ?? 0
    const matching = records.filter(record => record.cells.length === width).length
    return { delimiter, records, width, matching: width > 1 ? matching : 0 }
  })
  const share = ({ records }: (typeof candidates)[number]) => datumShare(records.map(({ cells }) => cells))
  return candidates.reduce((best, next) => {
    if (next.matching !== best.matching) return next.matching > best.matching ? next : best
    const isBetter =
      next.matching > 0 ? (share(next) - share(best) || next.width - best.width) > 0 : next.width > best.width
    return isBetter ? next : best
  })
}

function firstRecords(text: string, delimiter: string, complete: boolean): CsvRecord[] {
  const scanner = createRecordScanner(delimiter)
  const records: CsvRecord[] = []
  for (let at = 0; at < text.length && records.length < SAMPLE_RECORDS; at += PIECE) {
    records.push(...scanner.push(text.slice(at, at + PIECE)))
  }
  if (complete && records.length < SAMPLE_RECORDS) records.push(...scanner.end())
  return records.slice(0, SAMPLE_RECORDS)
}

export function checkNames(file: string, names: readonly string[]): void {
  if (names.length > MOST_COLUMNS) {
    throw createError('limit-columns', { file, got: names.length, wanted: MOST_COLUMNS })
  }
  if (names.every(name => name === '' || isNumber(name) || isTimeText(name))) {
    throw createError('data-not-a-table', {
      file,
      reason: 'the header line is missing: its first line holds no column name',
    })
  }
  const unnamed = names.indexOf('')
  if (unnamed >= 0) {
    throw createError('data-not-a-table', { file, reason: `column ${unnamed + 1} has no name in the header` })
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    const count = names.filter(name => name === twice).length
    throw createError('data-duplicate-column', { file, column: twice, count })
  }
}

function countLines(text: string): number {
  return text.split(/\r\n|\n|\r/).length
}
