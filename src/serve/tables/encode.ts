import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bool, float64, TimeUnit, tableFromArrays, tableToIPC, timestamp, utf8 } from '@uwdata/flechette'
import { convertToParquet } from '../../emit/index.js'
import { formatRows } from '../../report/index.js'
import { PARQUET, type TableType } from './media-types.js'
import { inTemporaryFolder } from './temporary.js'

/** A column of an answer; `time` is ms since the epoch. */
export interface AnswerColumn {
  readonly name: string
  readonly type: 'number' | 'text' | 'boolean' | 'time'
  readonly values: readonly (number | string | boolean | null)[]
}
export type AnswerTable = readonly AnswerColumn[]

export interface EncodeJob {
  readonly table: AnswerTable
  readonly type: TableType
}

/** A table as the bytes of a type. Null is an empty cell of CSV, and null elsewhere. Cost O(cells). */
export async function encodeTable({ table, type }: EncodeJob): Promise<Uint8Array> {
  if (type === PARQUET) return parquetOf(table)
  if (type === 'text/csv')
    return Buffer.from(
      formatRows(
        rowsOf(table),
        'csv',
        table.map(({ name }) => name),
      ),
    )
  if (type === 'application/x-ndjson') return Buffer.from(formatRows(rowsOf(table), 'jsonl'))
  return arrowOf(table)
}

/** Times are ISO 8601 in UTC. */
function rowsOf(table: AnswerTable) {
  return Array.from({ length: table[0].values.length }, (_, i) =>
    Object.fromEntries(
      table.map(({ name, type, values }) => [
        name,
        type === 'time' ? new Date(values[i] as number).toISOString() : values[i],
      ]),
    ),
  )
}

const ARROW_TYPES = {
  number: float64,
  text: utf8,
  boolean: bool,
  time: () => timestamp(TimeUnit.MILLISECOND, 'UTC'),
} as const
const SQL_TYPES = { number: 'DOUBLE', text: 'VARCHAR', boolean: 'BOOLEAN', time: 'TIMESTAMPTZ' } as const

function arrowOf(table: AnswerTable): Uint8Array {
  const types = Object.fromEntries(table.map(({ name, type }) => [name, ARROW_TYPES[type]()]))
  const arrays = Object.fromEntries(table.map(({ name, values }) => [name, [...values]]))
  return tableToIPC(tableFromArrays(arrays, { types }), { format: 'stream' }) as Uint8Array
}

function parquetOf(table: AnswerTable): Promise<Uint8Array> {
  return inTemporaryFolder(async folder => {
    const [lines, file] = [join(folder, 'rows.jsonl'), join(folder, 'rows.parquet')]
    await writeFile(lines, formatRows(rowsOf(table), 'jsonl'))
    await convertToParquet(
      lines,
      file,
      table.map(({ name, type }) => [name, SQL_TYPES[type]] as const),
    )
    return readFile(file)
  })
}
