import { createError, type TelltaleError } from '../../core/errors.js'
import { isClockText } from '../../core/time-text.js'
import { firstLine } from '../../engine/index.js'
import type { Roles } from '../columns/columns.js'
import { joinCells } from '../columns/time-role.js'
import { fileError, notUtf8 } from '../files/failures.js'
import { isMissingText } from '../tables/cell.js'
import type { Header } from '../tables/header.js'
import { isStructural } from '../tables/layout.js'
import { isNumber, numberOfCell } from '../tables/number.js'
import type { Relation } from '../tables/relation.js'
import { rowTexts } from '../tables/typed.js'
import { type CsvRecord, createRecordScanner, readText } from './records.js'
import type { RowRange, ScanContext, Tolerance } from './scan-context.js'

const LABEL_TEXT = /^(0|1|0\.0+|1\.0+|true|false|normal|anomaly|anomalous|abnormal|attack)$/i
const LONGEST_QUOTE = 40

/** The rows of a delimited text after the header, as text, with their lines. */
export async function* readRows(
  header: Header,
  allow: { readonly mixedLineEnds: boolean; skipped?(record: CsvRecord): void } = { mixedLineEnds: false },
): AsyncGenerator<CsvRecord> {
  const scanner = createRecordScanner(header.delimiter)
  let isHeader = true
  const isRow = (record: CsvRecord) => {
    const { cells } = record
    if (!isHeader) {
      const isBlank = cells.every(cell => cell === '')
      const isNone = !isBlank && header.names.length > 1 && isStructural(cells, header.names)
      if (isNone) allow.skipped?.(record)
      return !isNone && (header.names.length === 1 || cells.length > 1 || cells[0] !== '')
    }
    isHeader = false
    return false
  }
  const placed = (record: CsvRecord): CsvRecord =>
    header.lineOf ? { ...record, line: header.lineOf(record.line) } : record
  try {
    for await (const text of readText(header)) yield* scanner.push(text).map(placed).filter(isRow)
  } catch (error) {
    throw error instanceof TypeError ? notUtf8(header.file) : fileError(header.file, error)
  }
  yield* scanner.end().map(placed).filter(isRow)
  if (scanner.mixedLineEnds() && !allow.mixedLineEnds) {
    throw createError('data-not-a-table', {
      file: header.file,
      reason: 'its lines end in different ways (CRLF, LF or CR)',
    })
  }
}

/** The line of row `row` (0 = the first after the header); in a table without lines its row, counted from 1. */
export async function lineOfRow({ header }: Relation, row: number): Promise<number> {
  if (header === undefined) return row + 1
  let at = 0
  for await (const { line } of readRows(header)) if (at++ === row) return line
  return row + 2
}

/** The error that names what is wrong with row `row`. */
export async function explainRow(context: ScanContext, row: number): Promise<TelltaleError> {
  const { engine, relation, roles, tolerance } = context
  if (relation.header !== undefined) {
    return explainFailure(context, { start: row, end: row + 1 }, undefined)
  }
  const cells = await rowTexts(engine, relation, row)
  const error = cells && checkCells({ line: row + 1, cells }, relation, roles, tolerance)
  return error ?? unexplained(relation, undefined)
}

/**
 * Reads the table slowly after the fast scan stumbled, and returns the error that names the first offending line and
 * column, preferring the rows that were asked for. `failure` is what the engine said, for the case that nothing is found.
 */
export async function explainFailure(
  { relation, roles, tolerance }: ScanContext,
  wanted: RowRange,
  failure: unknown,
): Promise<TelltaleError> {
  if (relation.header === undefined) return unexplained(relation, failure)
  let outside: TelltaleError | undefined
  let row = 0
  for await (const record of readRows(relation.header)) {
    const error = checkShape(record, relation) ?? checkCells(record, relation, roles, tolerance)
    if (error && row >= wanted.start && row < wanted.end) return error
    outside ??= error
    row++
  }
  return outside ?? unexplained(relation, failure)
}

function unexplained({ file }: Relation, failure: unknown): TelltaleError {
  const reason = failure === undefined ? 'no reason was found' : firstLine(failure)
  return createError('data-not-a-table', { file, reason }, failure)
}

/** What is wrong with the quotes or the number of cells of a record. */
export function checkShape(
  { line, cells, problem }: CsvRecord,
  relation: Relation,
): TelltaleError | undefined {
  const { file, names } = relation
  if (problem) return createError('data-not-a-table', { file, reason: `in line ${line}, ${problem}` })
  // The engine lets one empty cell too many pass, such as a delimiter at the end of the line.
  const surplus = cells.length === names.length + 1 && cells.at(-1) === ''
  if (cells.length === names.length || surplus) return undefined
  return createError('data-ragged-row', { file, line, got: cells.length, wanted: names.length })
}

/** What is wrong with the first cell of a record that cannot be used. */
export function checkCells(
  { line, cells }: CsvRecord,
  relation: Relation,
  roles: Roles,
  tolerance: Tolerance,
): TelltaleError | undefined {
  const { file, names, header } = relation
  const isChannel = new Set(roles.channels)
  for (const [i, name] of names.entries()) {
    const cell =
      i === roles.time?.column
        ? joinCells(
            roles.time.columns.map(at => cells[at]!),
            roles.time.join,
          )
        : cells[i]!
    const place = { file, line, column: name }
    const got = quoted(cell)
    if (i === roles.time?.column) {
      const { parse } = roles.time
      const readable = parse ? parse(cell) !== undefined : isNumber(cell, header?.decimal)
      const reason = isMissingText(cell, false)
        ? 'the time is missing'
        : isClockText(cell)
          ? `${got} is a time of day without a date: --time-column DATE,TIME joins two columns; --exclude-channels '${name}' counts the samples instead`
          : `${got} is not ${parse ? 'a time' : 'a number'}, as others of the column are`
      if (!readable) return createError('data-bad-time', { ...place, reason })
    } else if (i === roles.label?.column) {
      if (!LABEL_TEXT.test(cell.trim())) return createError('data-bad-label', { ...place, got })
    } else if (
      isChannel.has(i) &&
      Number.isNaN(numberOfCell(cell, header ?? {}, i)) &&
      !(roles.states.has(i) && !isMissingText(cell, false))
    ) {
      if (isMissingText(cell, header === undefined) && tolerance.missing === 'error')
        return createError('data-missing-value', place)
      if (tolerance.missing === 'keep' && isMissingText(cell, true)) continue
      if (tolerance.badCells === 'error') return createError('data-bad-cell', { ...place, got })
    }
  }
  return undefined
}

/** A cell for a message, cut when it is long. */
export function quoted(cell: string): string {
  return cell.length > LONGEST_QUOTE ? `"${cell.slice(0, LONGEST_QUOTE)}..."` : `"${cell}"`
}
