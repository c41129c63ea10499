import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sqlPath } from '../../engine/index.js'
import type { Roles } from '../columns/columns.js'
import { quotedCell, writeText } from '../files/copy.js'
import type { Header } from '../tables/header.js'
import type { Relation } from '../tables/relation.js'
import type { RowRange, ScanContext } from './scan-context.js'
import { rawRows, slowRecords } from './slow.js'

/**
 * A delimited text as one whose numbers and times the engine reads: it is read slowly, and written to a temporary file with plain numbers and times in
 * ms, so that a condition sees what is read. Rows keep their numbers. Errors: those of `slowRecords`. Cost: one slow pass, one copy.
 *
 * @param context of the text without the condition
 * @param folder for the copy, which the engine may read
 */
export async function plainCopy(
  context: ScanContext,
  header: Header,
  wanted: RowRange,
  folder: string,
): Promise<Relation> {
  const { relation, roles } = context
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${randomBytes(8).toString('hex')}.plain`)
  await writeText(path, async function* () {
    for await (const { first, records } of slowRecords(context, header, 0, wanted)) {
      const { values, time } = rawRows(records, first, context, header)
      const width = roles.channels.length
      const lines = records.map(({ cells }, i) => {
        const own = cells.slice(0, relation.names.length).map(cell => quotedCell(cell, ','))
        roles.channels.forEach((column, c) => {
          if (!roles.states.has(column)) own[column] = numberText(values[i * width + c]!)
        })
        if (isNumeric(roles)) own[roles.time!.column] = numberText(Number(time![i]))
        // A first cell that is never empty: a line of nothing is no row to the engine.
        return `0,${own.join()}\n`
      })
      yield lines.join('')
    }
  })
  return { ...relation, from: () => copySql(path, relation, roles) }
}

/** Whether times are numbers in the copy. */
const isNumeric = ({ time }: Roles) => time !== undefined && time.kind !== 'text'

const numberText = (value: number) =>
  Number.isNaN(value) ? '' : value === Number.POSITIVE_INFINITY ? 'inf' : String(value)

function copySql(path: string, { names }: Relation, roles: Roles): string {
  const isNumber = (i: number) =>
    (roles.channels.includes(i) && !roles.states.has(i)) || (isNumeric(roles) && roles.time!.column === i)
  const types = names.map((_, i) => `c${i}: '${isNumber(i) ? 'double' : 'varchar'}'`)
  const columns = names.map((_, i) =>
    roles.time?.kind === 'iso' && roles.time.column === i
      ? `make_timestamptz((c${i} * 1000)::bigint) as c${i}`
      : `c${i}`,
  )
  return `(select ${columns.join()} from read_csv(${sqlPath(path)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
    columns = {line: 'varchar', ${types.join()}}))`
}
