import { stat } from 'node:fs/promises'
import { TelltaleError } from '../core/errors.js'
import { type ReadTableOptions, readTable, type Table, type TableSource } from '../ingest/index.js'
import { type Finding, fileFindings } from '../validate/index.js'

/** A table for validation, and what was found on the way to it. */
export interface LenientTable {
  /** Absent when not even this could read it: then a finding says why. */
  readonly table?: Table
  readonly findings: readonly Finding[]
}

/** What is in memory at the worst moment: rows held to be sorted, sorted, as a frame, and repaired. */
const COPIES = 4

/**
 * Reads a table for validation: non-numeric cells, missing readings and repeated times are kept and reported; rows out of order are sorted and
 * counted. What the policies of `options` would refuse is an error of its own: a table that is valid can be trained on. A file that is not a table becomes a finding; a file that does not exist or cannot be opened is an error.
 * Of a table larger than `memory` (MB) only the first rows are read, and a finding says so.
 */
export async function readLeniently(
  source: TableSource,
  shown: string,
  options: ReadTableOptions,
  memory: number,
): Promise<LenientTable> {
  const size = typeof source === 'string' ? await sizeOf(source) : undefined
  const findings = size === undefined ? [] : fileFindings(shown, size)
  const isLateRefused = options.lateRows === 'error' || options.lateRows === undefined
  try {
    const table = await readTable(source, {
      ...options,
      mostBytes: (memory * 2 ** 20) / COPIES,
      missing: 'keep',
      badCells: 'missing',
      duplicateTimes: options.duplicateTimes === 'error' ? 'keep' : options.duplicateTimes,
      lateRows: isLateRefused ? 'sort' : options.lateRows,
    })
    return {
      table,
      findings: [
        ...findings,
        ...partFindings(table),
        ...lateFindings(table, isLateRefused),
        ...textFindings(table),
        ...(options.missing === 'error' ? missingFindings(table) : []),
        ...(options.badCells === 'missing' ? [] : refusedCells(table)),
      ],
    }
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.kind !== 'data') throw error
    return {
      findings: [
        ...findings,
        { code: 'table-unreadable', values: { reason: error.message, remedy: error.remedy } },
      ],
    }
  }
}

/** Rows that were not read, because memory would not hold them. */
function partFindings({ summary }: Table): Finding[] {
  const { stoppedAt } = summary
  return stoppedAt === undefined ? [] : [{ code: 'rows-unchecked', values: { row: stoppedAt } }]
}

/** Rows that were earlier than the one before, and were sorted before the checks. */
function lateFindings({ summary }: Table, isRefused: boolean): Finding[] {
  const { count } = summary.lateRows
  return count === 0 ? [] : [{ code: isRefused ? 'rows-late' : 'time-backwards', count }]
}

/** Missing readings that no policy covers, those of channels without any reading left aside: they have an issue of their own. */
function missingFindings({ frame, summary }: Table): Finding[] {
  const { count, places } = summary.missingCells
  const samples = frame.timeMs.length
  const hasPartly = [...summary.missingByChannel.values()].some(missing => missing < samples)
  const [first] = places
  if (count === 0 || !hasPartly || first === undefined) return []
  const where = `${first.line === undefined ? `row ${first.row}` : `line ${first.line}`}, column ${first.column}`
  return [{ code: 'missing-refused', count, values: { where } }]
}

/** Cells that are refused unless they are to be taken as missing. */
function refusedCells({ summary }: Table): Finding[] {
  const { count, places } = summary.badCells
  const [first] = places
  if (count === 0 || first === undefined) return []
  const where = `${first.line === undefined ? `row ${first.row}` : `line ${first.line}`}, column ${first.column}`
  return [{ code: 'cells-refused', count, values: { where } }]
}

/** Cells that held text: a whole column of them is a text column, a few are mistakes. */
function textFindings({ frame, summary }: Table): Finding[] {
  if (summary.badCells.count === 0) return []
  const { values, channels } = frame
  return channels.flatMap((channel, c): Finding[] => {
    let missing = 0
    let first = -1
    for (let at = c, i = 0; at < values.length; at += channels.length, i++) {
      if (Number.isNaN(values[at]) && missing++ === 0) first = i
    }
    const text = missing - (summary.missingByChannel.get(channel) ?? 0)
    if (text === 0) return []
    const isAll = missing === frame.timeMs.length
    const place = { start: first, end: first + 1 }
    return [{ code: isAll ? 'column-text' : 'column-partly-text', channel, place, count: text }]
  })
}

/** Undefined for what is no single file: a pattern, a folder, standard input. */
async function sizeOf(file: string): Promise<number | undefined> {
  const info = await stat(file).catch(() => undefined)
  return info?.isFile() ? info.size : undefined
}
