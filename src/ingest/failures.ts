import { createError, type TelltaleError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import type { ReadTableOptions } from './read-options.js'
import type { ScanContext } from './rows/scan-context.js'
import type { ReadSummary } from './summary.js'
import { noneLeft } from './tables/none-left.js'

/** A row that a policy does not allow; its line is looked up where it is caught. */
export class RowFault extends Error {
  readonly row: number
  constructor(row: number, reason: string) {
    super(reason)
    this.row = row
  }
}

/** Why a table has no samples. */
export async function emptyError(
  { engine, relation }: Pick<ScanContext, 'engine' | 'relation'>,
  { rows, between, device }: ReadTableOptions,
  summary: ReadSummary,
): Promise<TelltaleError> {
  const { file, firstRow, header, condition } = relation
  const empty = (reason: string) => createError('data-empty', { file, reason })
  const left = (reason: string, option: string) => createError('data-none-left', { file, reason, option })
  if (!firstRow) return empty(header ? 'there is only a header line' : 'it has no rows')
  if (summary.rejectedRows.count > 0) return empty('no row can be read')
  if (between && summary.outsideRange > 0) return left(noTime(summary), '--from or --to')
  if (device !== undefined) return left(noDevice(device, summary), '--device')
  if (rows?.start) return left(`it ends before row ${rows.start}`, '--rows')
  if (condition !== undefined) return noneLeft(engine, condition)
  return empty('no row is left')
}

function noDevice(device: string, { deviceColumn, otherDevices }: ReadSummary): string {
  const reason = `no row is of the device ${device}`
  if (deviceColumn === undefined)
    return `${reason}: no column is known to name devices, and --group-by COLUMN says which does`
  return otherDevices.size === 0 ? reason : `${reason}; ${deviceColumn} has ${listNames([...otherDevices])}`
}

function noTime({ outsideMs }: ReadSummary): string {
  const [first, last] = outsideMs.map(ms => new Date(ms).toISOString())
  return `no row is in the range of times; they are from ${first} to ${last}`
}
