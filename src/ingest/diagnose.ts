import { createError, type TelltaleError } from '../core/errors.js'
import type { Roles } from './columns.js'
import { fileError, notUtf8 } from './failures.js'
import { type Header, isNumber, isTimeText } from './header.js'
import { type CsvRecord, createRecordScanner, readText } from './records.js'

const LABEL_TEXT = /^(0|1|0\.0+|1\.0+|true|false)$/i
const LONGEST_QUOTE = 40

/** The rows of the file after the header, as text, with their lines. */
async function* readRows(header: Header): AsyncGenerator<CsvRecord & { mixedLineEnds?: boolean }> {
  const scanner = createRecordScanner(header.delimiter)
  let isHeader = true
  const isRow = ({ cells }: CsvRecord) => {
    if (!isHeader) return header.names.length === 1 || cells.length > 1 || cells[0] !== ''
    isHeader = false
    return false
  }
  try {
    for await (const text of readText(header.file, header.gzip)) yield* scanner.push(text).filter(isRow)
  } catch (error) {
    throw error instanceof TypeError ? notUtf8(header.file) : fileError(header.file, error)
  }
  yield* scanner.end().filter(isRow)
  if (scanner.mixedLineEnds()) {
    throw createError('data-not-a-table', {
      file: header.file,
      reason: 'its lines end in different ways (CRLF, LF or CR)',
    })
  }
}

/** The line of row `row` (0 = the first after the header). */
export async function lineOfRow(header: Header, row: number): Promise<number> {
  let at = 0
  for await (const { line } of readRows(header)) if (at++ === row) return line
  return row + 2
}

/**
 * Reads the file slowly after the fast scan stumbled, and returns the error that names the first offending line and
 * column, preferring rows `[start, end)`. `failure` is what the engine said, for the case that nothing is found.
 */
export async function diagnose(
  header: Header,
  roles: Roles,
  start: number,
  end: number,
  failure: unknown,
): Promise<TelltaleError> {
  let outside: TelltaleError | undefined
  let row = 0
  for await (const record of readRows(header)) {
    const error = checkRecord(record, header, roles)
    if (error && row >= start && row < end) return error
    outside ??= error
    row++
  }
  const reason = failure instanceof Error ? failure.message.split('\n')[0]! : 'no reason was found'
  return outside ?? createError('data-not-a-table', { file: header.file, reason }, failure)
}

function checkRecord(record: CsvRecord, header: Header, roles: Roles): TelltaleError | undefined {
  const { file, names } = header
  const { line, cells, problem } = record
  if (problem) return createError('data-not-a-table', { file, reason: `in line ${line}, ${problem}` })
  // The engine lets one empty cell too many pass, such as a delimiter at the end of the line.
  const surplus = cells.length === names.length + 1 && cells.at(-1) === ''
  if (cells.length !== names.length && !surplus) {
    return createError('data-ragged-row', { file, line, got: cells.length, wanted: names.length })
  }
  const isChannel = new Set(roles.channels)
  for (const [i, name] of names.entries()) {
    const cell = cells[i]!
    const place = { file, line, column: name }
    const got = cell.length > LONGEST_QUOTE ? `"${cell.slice(0, LONGEST_QUOTE)}..."` : `"${cell}"`
    if (i === roles.time?.column) {
      const { kind } = roles.time
      const readable = kind === 'text' ? isTimeText(cell) : isNumber(cell)
      const wanted = kind === 'text' ? 'an ISO 8601 time or a number of seconds since 1970' : 'a number'
      const reason = cell.trim() === '' ? 'the time is missing' : `${got} is not ${wanted}`
      if (!readable) return createError('data-bad-time', { ...place, reason })
    } else if (i === roles.label?.column) {
      if (!LABEL_TEXT.test(cell.trim())) return createError('data-bad-label', { ...place, got })
    } else if (isChannel.has(i) && !isNumber(cell)) {
      if (cell.trim() === '') return createError('data-missing-value', place)
      return createError('data-bad-cell', { ...place, got })
    }
  }
  return undefined
}
