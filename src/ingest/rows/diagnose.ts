import { createError, type TelltaleError } from '../../core/errors.js'
import { isClockText } from '../../core/time-text.js'
import { firstLine, sqlName } from '../../engine/index.js'
import type { Roles } from '../columns/columns.js'
import { elapsedUnit } from '../columns/elapsed.js'
import { wordsOf } from '../columns/profile.js'
import { joinCells } from '../columns/time-role.js'
import { fileError, notUtf8 } from '../files/failures.js'
import { badCell } from '../tables/bad-cell.js'
import { isMissingText } from '../tables/cell.js'
import type { Header } from '../tables/header.js'
import { isStructural } from '../tables/layout.js'
import { markOf } from '../tables/marked.js'
import { isNumber } from '../tables/number.js'
import { queryAdvice } from '../tables/query-advice.js'
import { numberIn, type Relation } from '../tables/relation.js'
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

/** The line of row `row` (0 = the first after the header); in a table without lines its row, counted from 1; of a long table the line of its first reading. */
export async function lineOfRow({ header, readings }: Relation, row: number): Promise<number> {
  if (readings !== undefined) return lineOfRow(readings.relation, (await readings.rowOf(row)) ?? row)
  if (header === undefined) return row + 1
  let at = 0
  for await (const { line } of readRows(header)) if (at++ === row) return line
  return row + 2
}

const missingAt = (place: { readonly file: string; readonly line: number; readonly column: string }) =>
  createError('data-missing-value', { ...place, row: `line ${place.line}` })

/** The error of a channel without a reading in row `row`. */
export async function missingReading(
  relation: Relation,
  row: number,
  column: string,
  timeMs: number,
): Promise<TelltaleError> {
  const { file, readings } = relation
  const own = readings === undefined ? row : await readings.rowOf(row, column)
  if (own !== undefined) {
    const line = await lineOfRow(readings?.relation ?? relation, own)
    return missingAt({ file, line, column })
  }
  return createError('data-no-reading', { file, column, time: new Date(timeMs).toISOString() })
}

/** The error that names what is wrong with row `row`. */
export async function explainRow(context: ScanContext, row: number): Promise<TelltaleError> {
  const { engine, relation, roles, tolerance } = context
  if (relation.header !== undefined) {
    return explainFailure(context, { start: row, end: row + 1 }, undefined)
  }
  const cells = await rowTexts(engine, relation, row)
  const error =
    cells && checkCells({ line: await lineOfRow(relation, row), cells }, relation, roles, tolerance)
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
      if (parse ? parse(cell) === undefined : !isNumber(cell, relation.decimal))
        return createError('data-bad-time', { ...place, reason: badTime(relation, roles.time, name, cell) })
    } else if (i === roles.label?.column) {
      if (!LABEL_TEXT.test(cell.trim())) return createError('data-bad-label', { ...place, got })
    } else if (
      isChannel.has(i) &&
      Number.isNaN(numberIn(relation, cell, i)) &&
      !(roles.states.has(i) && !isMissingText(cell, false))
    ) {
      if (isMissingText(cell, header === undefined) && tolerance.missing === 'error') return missingAt(place)
      if (tolerance.missing === 'keep' && isMissingText(cell, true)) continue
      const advice = tolerance.badCells === 'error' ? timeAdvice(relation, roles, name, cell) : undefined
      if (advice !== undefined) return createError('data-bad-time', { ...place, reason: advice })
      if (tolerance.badCells === 'error') return badCell(relation, { line, column: name, cell, got })
    }
  }
  return undefined
}

/** Why a cell of the time is none. */
function badTime(
  relation: Relation,
  { parse, columns, join }: NonNullable<Roles['time']>,
  name: string,
  cell: string,
): string {
  if (isMissingText(cell, false)) return 'the time is missing'
  const span = spanAdvice(relation, name, cell)
  if (span !== undefined) return span
  const got = quoted(cell)
  if (isClockText(cell))
    return `${got} is a time of day without a date: --time-column DATE,TIME joins two columns; --exclude-channels '${name}' counts the samples instead`
  const textOf = (row: readonly string[]) =>
    joinCells(
      columns.map(at => row[at] ?? ''),
      join,
    )
  const isLikeOthers = relation.sample.some(row => !parse || parse(textOf(row)) !== undefined)
  return `${got} is not ${parse ? 'a time' : 'a number'}${isLikeOthers ? ', as others of the column are' : ' that is read by its form'}`
}

/** `26:05:00`, `1 day 02:05:00`, `1:02:05:00`, `PT5M`: a time since a start. */
const SPAN =
  /^(?:-?\d+ days? ?,? ?\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?|(?:\d+:)?\d+:\d\d:\d\d(?:\.\d+)?|P(?=[\dT])\S+)$/i
/** A day and a year beside other characters. */
const DATE_LIKE = /^(?=.*\d)(?=.*\b(?:19|20)\d\d)(?=.*[:. /-]).{8,80}$/

/** How a time since a start is read; undefined for a time of day, and for what is neither. */
function spanAdvice(relation: Relation, name: string, cell: string): string | undefined {
  const text = cell.trim()
  if (!SPAN.test(text) || (isClockText(text) && elapsedUnit(wordsOf(name).join(' ')) === undefined))
    return undefined
  const column = sqlName(name)
  const query = text.startsWith('P')
    ? undefined
    : queryAdvice(
        relation,
        source =>
          `select * replace (epoch(regexp_replace(${column}::varchar, '^([0-9]+):([0-9]+:[0-9]+:)', '\\1 days \\2')::interval) as ${column}) from ${source}`,
      )
  const instead = `--exclude-channels '${name}' counts the samples instead`
  return query === undefined
    ? `${quoted(cell)} is a time since a start: write it in seconds, for --time-column '${name}' --time-unit s; ${instead}`
    : `${quoted(cell)} is a time since a start: ${query} --time-column '${name}' --time-unit s reads it; ${instead}`
}

/** An offset from UTC in a column of its own: its times are those of a clock with it. */
const offsetAdvice = (name: string, text: string) =>
  /^[+-]\d{2}:\d{2}$/.test(text)
    ? `"${text}" is an offset from UTC: where it is that of all times, --time-zone ${text} reads them on their clock, and --exclude-channels '${name}' leaves the column out`
    : undefined

/** What to say of a text in a table without a time that is one, and of an offset beside times. */
function timeAdvice(relation: Relation, { time }: Roles, name: string, cell: string): string | undefined {
  if (time !== undefined) return offsetAdvice(name, cell.trim())
  const span = spanAdvice(relation, name, cell)
  if (span !== undefined || !DATE_LIKE.test(cell.trim()) || markOf(cell) !== undefined) return span
  return `${quoted(cell)} is no number, and no time that is read by its form: --time-format says how times are written, --exclude-channels '${name}' leaves the column out`
}

/** A cell for a message, cut when it is long. */
export function quoted(cell: string): string {
  return cell.length > LONGEST_QUOTE ? `"${cell.slice(0, LONGEST_QUOTE)}..."` : `"${cell}"`
}
