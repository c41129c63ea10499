import { createError, type TelltaleError } from '../../core/errors.js'
import { sqlName } from '../../engine/index.js'
import { markOf } from './marked.js'
import { queryAdvice } from './query-advice.js'
import type { Relation } from './relation.js'

/** The error of a cell that is no number. @param got its text as messages show it */
export function badCell(
  relation: Relation,
  {
    line,
    column,
    cell,
    got,
  }: { readonly line: number; readonly column: string; readonly cell: string; readonly got: string },
): TelltaleError {
  const place = { file: relation.file, line, column, got }
  const hex = hexAdvice(relation, cell)
  if (hex !== undefined)
    return createError('data-marked-number', { ...place, what: 'a number in hexadecimal digits', ...hex })
  const what = markOf(cell)
  if (what === undefined) return createError('data-bad-cell', { ...place, row: `line ${line}` })
  const quoted = sqlName(column)
  const number = `try_cast(regexp_extract(${quoted}::varchar, '[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?') as double)`
  const query =
    relation.decimal === ','
      ? undefined
      : queryAdvice(relation, source => `select * replace (${number} as ${quoted}) from ${source}`)
  const instead =
    query === undefined ? '' : `, or ${query} in place of the file: it takes the number without its mark`
  return createError('data-marked-number', { ...place, what, instead })
}

/** `0x1F`, `16#1F`: whole numbers to the base of 16. */
const HEX = /^(?:0x|16#)[\da-f]{1,8}$/i

/** The query that reads all columns of such numbers. */
function hexAdvice(relation: Relation, cell: string): { readonly instead: string } | undefined {
  if (!HEX.test(cell.trim())) return undefined
  const columns = relation.names.filter((_, i) => {
    const cells = relation.sample.map(row => (row[i] ?? '').trim()).filter(text => text !== '')
    return cells.length > 0 && cells.every(text => HEX.test(text))
  })
  const numberOf = (column: string) => {
    const quoted = sqlName(column)
    return `replace(${quoted}::varchar, '16#', '0x')::bigint as ${quoted}`
  }
  const query =
    columns.length === 0
      ? undefined
      : queryAdvice(
          relation,
          source => `select * replace (${columns.map(numberOf).join(', ')}) from ${source}`,
        )
  return { instead: query === undefined ? '' : `, or ${query} in place of the file: it reads the numbers` }
}
