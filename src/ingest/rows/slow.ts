import { stateText } from '../../align/index.js'
import { counted } from '../../core/counted.js'
import type { TelltaleError } from '../../core/errors.js'
import type { Roles } from '../columns/columns.js'
import { joinCells } from '../columns/time-role.js'
import { isMissingText } from '../tables/cell.js'
import type { Header } from '../tables/header.js'
import { numberOfCell, parseNumber } from '../tables/number.js'
import { countPlace } from '../tally.js'
import { checkCells, checkShape, quoted, readRows } from './diagnose.js'
import { type CsvRecord, NEVER_CLOSED } from './records.js'
import type { RawRows, RowRange, ScanContext } from './scan-context.js'

const NO_NUMBER: ReadonlySet<string> = new Set(['data-bad-cell', 'data-marked-number'])
const ROWS_AT_ONCE = 2048
const ONES = new Set(['true', 'anomaly', 'anomalous', 'abnormal', 'attack'])

/**
 * Reads the rows from number `start` on with the scanner of records: what the engine refuses is rejected or turned to missing, as far as the
 * tolerance goes, and counted. The numbers are those that the engine would read. Cost O(characters), several times slower than the engine.
 */
export async function* readSlowly(
  context: ScanContext,
  header: Header,
  start: number,
  wanted: RowRange,
): AsyncGenerator<RawRows> {
  for await (const { first, records } of slowRecords(context, header, start, wanted))
    yield rawRows(records, first, context, header)
}

/** Rows that may be read, and the number of the first. */
interface SlowRecords {
  readonly first: number
  readonly records: readonly CsvRecord[]
}

/** The rows from number `start` on, those that may be left out counted. Errors: of the first row that may not. */
export async function* slowRecords(
  context: ScanContext,
  header: Header,
  start: number,
  wanted: RowRange,
): AsyncGenerator<SlowRecords> {
  const { roles, summary, tolerance, relation } = context
  const { file } = relation
  const isTolerant = tolerance.badCells === 'missing' || tolerance.badRows === 'skip'
  let row = 0
  let records: CsvRecord[] = []
  const flush = () => {
    const rows = { first: row - records.length, records }
    records = []
    return rows
  }
  const skipped = (record: CsvRecord) =>
    countPlace(summary.skippedRows, () => ({
      file,
      line: record.line,
      got: quoted(record.cells.join(header.delimiter)),
    }))
  for await (const record of readRows(header, { mixedLineEnds: isTolerant, skipped })) {
    if (row >= wanted.end) break
    const problem = checkShape(record, relation)
    if (problem !== undefined) {
      // What a quote that is never closed has swallowed cannot be counted.
      if (tolerance.badRows === 'error' || record.problem === NEVER_CLOSED) throw problem
      // Rows before the start were sound: the engine read them.
      countPlace(summary.rejectedRows, () => ({ file, line: record.line, reason: shortReason(problem) }))
      continue
    }
    if (row++ < start) continue
    if (tolerance.badCells === 'error' && row > wanted.start) {
      const error = checkCells(record, relation, roles, tolerance)
      if (
        error !== undefined &&
        error.code !== 'data-missing-value' &&
        !(tolerance.badRows === 'skip' && !NO_NUMBER.has(error.code))
      )
        throw error
    }
    records.push(record)
    if (records.length === ROWS_AT_ONCE) yield flush()
  }
  if (records.length > 0) yield flush()
}

/** Rows as a scan gives them. */
export function rawRows(
  records: readonly CsvRecord[],
  first: number,
  context: ScanContext,
  header: Header,
): RawRows {
  const { roles, tolerance } = context
  const width = roles.channels.length
  const values = new Float64Array(records.length * width)
  records.forEach(({ cells }, i) => {
    roles.channels.forEach((column, c) => {
      const cell = cells[column]!
      const number = codeOf(cell, roles.states.get(column)) ?? numberOfCell(cell, header, column)
      // As in a scan: NaN is missing, infinite is unreadable.
      const unreadable = isMissingText(cell, tolerance.missing === 'keep')
        ? Number.NaN
        : Number.POSITIVE_INFINITY
      values[i * width + c] = Number.isNaN(number) ? unreadable : number
    })
  })
  return {
    row: Float64Array.from(records, (_, i) => first + i),
    time: roles.time && readTimes(records, roles.time, header),
    label: roles.label && Float64Array.from(records, ({ cells }) => parseLabel(cells[roles.label!.column]!)),
    device: roles.device === undefined ? undefined : records.map(({ cells }) => cells[roles.device!]!),
    values,
    describe(row, column) {
      const { line, cells } = records[row - first]!
      return { line, got: quoted(cells[column]!) }
    },
  }
}

/** The position of a text among the known ones, -1 for another; undefined in a column of numbers, and where it is missing. */
function codeOf(cell: string, states: readonly string[] | undefined): number | undefined {
  if (states === undefined) return undefined
  const code = states.indexOf(stateText(cell))
  return code < 0 && isMissingText(cell, true) ? Number.NaN : code
}

function readTimes(records: readonly CsvRecord[], time: NonNullable<Roles['time']>, header: Header) {
  const cells = records.map(({ cells }) =>
    joinCells(
      time.columns.map(column => cells[column]!),
      time.join,
    ),
  )
  if (time.kind === 'text') return cells
  return Float64Array.from(cells, cell =>
    time.kind === 'number' ? parseNumber(cell, header.decimal) : (time.parse!(cell)?.ms ?? Number.NaN),
  )
}

function parseLabel(cell: string): number {
  const text = cell.trim().toLowerCase()
  return ONES.has(text) ? 1 : text === 'false' || text === 'normal' ? 0 : parseNumber(text)
}

function shortReason({ code, where }: TelltaleError): string {
  return code === 'data-ragged-row'
    ? `${counted(Number(where.got), 'cell')} instead of ${where.wanted}`
    : String(where.reason)
}
