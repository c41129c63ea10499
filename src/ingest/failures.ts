import { createError, type TelltaleError } from '../core/errors.js'
import type { ReadTableOptions } from './read-options.js'
import type { ReadSummary } from './summary.js'
import type { Relation } from './tables/relation.js'

/** A row that a policy does not allow; its line is looked up where it is caught. */
export class RowFault extends Error {
  readonly row: number
  constructor(row: number, reason: string) {
    super(reason)
    this.row = row
  }
}

/** Why a table has no samples. */
export function emptyError(
  { file, firstRow, header }: Relation,
  { rows, between, device, where }: ReadTableOptions,
  summary: ReadSummary,
): TelltaleError {
  const empty = (reason: string) => createError('data-empty', { file, reason })
  const left = (reason: string, option: string) => createError('data-none-left', { file, reason, option })
  if (!firstRow) return empty(header ? 'there is only a header line' : 'it has no rows')
  if (summary.rejectedRows.count > 0) return empty('no row can be read')
  if (device !== undefined) return left(`no row is of the device ${device}`, '--device')
  if (between) return left('no row is in the range of times', '--from or --to')
  if (rows?.start) return left(`it ends before row ${rows.start}`, '--rows')
  if (where !== undefined) return left(`no row is left with ${where}`, '--where')
  return empty('no row is left')
}
