import { createError } from '../../core/errors.js'

export const PARQUET = 'application/vnd.apache.parquet'
export const ARROW_STREAM = 'application/vnd.apache.arrow.stream'
export const ARROW_FILE = 'application/vnd.apache.arrow.file'
const NDJSON = 'application/x-ndjson'
const CSV = 'text/csv'
const JSON_TYPE = 'application/json'

/** Types of a body that are bytes. */
export const BINARY_TYPES = [PARQUET, ARROW_STREAM, ARROW_FILE] as const
/** Types of a body that holds a series. CSV has a header; NDJSON has an object on each line. The time is called `time`. */
export const SERIES_TYPES = [JSON_TYPE, NDJSON, CSV, ...BINARY_TYPES] as const

/** Types of an answer that is a table. */
export const TABLE_TYPES = [NDJSON, CSV, PARQUET, ARROW_STREAM] as const
export type TableType = (typeof TABLE_TYPES)[number]

/**
 * The type of table that a client asks for by its header `Accept`; undefined for JSON, which also answers a client that takes anything. Parts with the same
 * weight count in their order.
 *
 * @throws RequestError `answer-type`
 */
export function tableType(accept: string | undefined): TableType | undefined {
  if (accept === undefined) return undefined
  const parts = accept
    .toLowerCase()
    .split(',')
    .slice(0, 20)
    .map(part => {
      const [type, ...parameters] = part.split(';').map(text => text.trim())
      const weight = parameters.find(text => text.startsWith('q='))
      return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { type } of parts) {
    if ([JSON_TYPE, '*/*', 'application/*'].includes(type)) return undefined
    const known = TABLE_TYPES.find(one => one === type)
    if (known !== undefined) return known
  }
  throw createError('answer-type', {
    got: accept.slice(0, 100),
    wanted: [JSON_TYPE, ...TABLE_TYPES].join(', '),
  })
}
