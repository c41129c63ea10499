import { createError, TelltaleError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { assignRoles, type RoleOptions, type Roles } from './columns.js'
import { diagnose, lineOfRow } from './diagnose.js'
import { type Scan, scanTable } from './engine.js'
import { type Header, readHeader } from './header.js'
import { toEpochMs } from './times.js'

export interface ReadTableOptions extends RoleOptions {
  /** Column that holds the time. Default: found by its name or its content; a table without one is numbered. */
  readonly timeColumn?: string
  /** Column that holds the labels, 0 or 1. Default: found by its name when all of its values are labels. */
  readonly labelColumn?: string
  /** Columns to leave out. */
  readonly ignoreColumns?: readonly string[]
  /** Half-open range of rows to keep, 0 = the first after the header. Default: all. */
  readonly rows?: { readonly start?: number; readonly end?: number }
  /** Channels the table must have, no more and no fewer; the frame gets them in this order. */
  readonly expectChannels?: readonly string[]
}

export interface Table {
  readonly frame: Frame
  /** `[N]` 0 = normal, 1 = anomalous; absent when the table has no label column. */
  readonly labels?: Uint8Array
  readonly timeColumn?: string
  readonly labelColumn?: string
  readonly file: string
  readonly sizeBytes: number
  /** What was assumed while reading, as sentences for the user. */
  readonly notes: readonly string[]
}

/**
 * Reads a CSV or TSV file (plain or gzip) into a frame: delimiter, time and label column are found by themselves.
 * Every other column is a channel and must hold a finite number in every row; nothing is skipped or guessed.
 *
 * Errors: `file-not-found`, `file-unreadable`, `data-*` with file, line and column, `limit-columns`, `engine-missing`.
 * Cost: O(rows * columns), one pass over the file; a second, slower one only to find the line of an error.
 */
export async function readTable(file: string, options: ReadTableOptions = {}): Promise<Table> {
  const header = await readHeader(file)
  const table = await readAs(header, assignRoles(header, options, true), options)
  return table ?? (await readAs(header, assignRoles(header, options, false), options))!
}

/** Undefined when the guessed label column holds something else than labels. */
async function readAs(header: Header, roles: Roles, options: ReadTableOptions): Promise<Table | undefined> {
  const { file, names, sizeBytes } = header
  const { start = 0, end = Number.POSITIVE_INFINITY } = options.rows ?? {}
  let scan: Scan
  try {
    scan = await scanTable(header, roles, start, end)
  } catch (error) {
    throw error instanceof TelltaleError ? error : await diagnose(header, roles, start, end, error)
  }
  const { rows, time, label, values } = scan
  if (rows === 0) {
    const outside = options.rows && header.firstRow
    const reason = outside ? `no row is in the range ${start}:${end}` : 'there is only a header line'
    throw createError('data-empty', { file, reason })
  }
  const isLabel = label?.every(value => value === 0 || value === 1) ?? true
  if (!isLabel && roles.label?.found === 'guessed') return undefined
  if (!isLabel || !values.every(Number.isFinite) || !(time?.every(Number.isFinite) ?? true)) {
    throw await diagnose(header, roles, start, end, undefined)
  }

  const notes: string[] = []
  const timeColumn = roles.time && names[roles.time.column]
  const labelColumn = roles.label && names[roles.label.column]
  if (time) {
    const problem = toEpochMs(time, timeColumn!, roles.time!.kind, notes)
    if (problem) {
      const line = await lineOfRow(header, start + problem.row)
      throw createError('data-bad-time', { file, line, column: timeColumn!, reason: problem.reason })
    }
  }
  if (roles.label?.found === 'guessed') notes.push(`${labelColumn} is taken as the label, not as a channel`)
  return {
    frame: {
      timeMs: time ?? Float64Array.from({ length: rows }, (_, i) => start + i),
      timeKind: time ? 'utc' : 'index',
      values,
      channels: roles.channels.map(i => names[i]!),
    },
    labels: label && Uint8Array.from(label),
    timeColumn,
    labelColumn,
    file,
    sizeBytes,
    notes,
  }
}
