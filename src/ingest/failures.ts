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
  { rows, between, device }: ReadTableOptions,
  summary: ReadSummary,
): TelltaleError {
  return createError('data-empty', { file, reason: reason() })

  function reason(): string {
    if (!firstRow) return header ? 'there is only a header line' : 'it has no rows'
    if (summary.rejectedRows.count > 0) return 'no row can be read'
    if (device !== undefined) return `no row is of the device ${device}`
    if (between) return 'no row is in the range of times'
    if (rows && (rows.start || Number.isFinite(rows.end)))
      return `no row is in the range ${rows.start ?? 0}:${rows.end ?? Number.POSITIVE_INFINITY}`
    return 'no row is left'
  }
}
