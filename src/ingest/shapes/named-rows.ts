import { isCell, isRow, type Row, rowOf, rowsOf } from './row.js'
import type { Shape } from './shape.js'

const NAMES = ['columns', 'cols', 'meta', 'column_meta', 'fields', 'headers', 'Columns']
const ROWS = ['data', 'rows', 'values', 'dataset', 'Rows']

/** Names of columns in one list, rows of cells in another. */
export interface NamedRows {
  readonly names: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** The two lists of an object: pandas (`orient="split"`), InfluxDB, QuestDB, CrateDB, ClickHouse, TDengine and Azure call them differently. */
export function namedRows(value: unknown): NamedRows | undefined {
  if (!isRow(value)) return undefined
  const names = NAMES.map(key => columnNames(value[key])).find(found => found !== undefined)
  if (names === undefined || new Set(names).size !== names.length) return undefined
  const isRowOf = (row: unknown) => Array.isArray(row) && row.length === names.length && row.every(isCell)
  const rows = ROWS.map(key => value[key]).find(list => Array.isArray(list) && list.every(isRowOf))
  return rows === undefined ? undefined : { names, rows: rows as unknown[][] }
}

function columnNames(list: unknown): string[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined
  const names = list.map(nameOf)
  return names.includes('') ? undefined : names
}

/** A text, an object with a name, or a list: of a name and its type, or of the levels of a name. */
function nameOf(item: unknown): string {
  if (typeof item === 'string' || typeof item === 'number') return String(item)
  if (isRow(item)) {
    const name = item.name ?? item.ColumnName
    return typeof name === 'string' ? name : ''
  }
  if (!Array.isArray(item) || item.some(part => !isCell(part))) return ''
  return typeof item.at(-1) === 'number' ? String(item[0]) : item.filter(part => part !== '').join('.')
}

/** The first of several tables; of the frames of Azure Data Explorer the primary result. */
function tableOf(document: unknown): unknown {
  if (Array.isArray(document)) return rowsOf(document).find(one => one.TableKind === 'PrimaryResult')
  const tables = isRow(document) ? (document.tables ?? document.Tables) : undefined
  return Array.isArray(tables) ? tables[0] : document
}

export const namedRowsShape: Shape = {
  name: 'a list of columns and one of rows',
  mayBe: head =>
    (head.startsWith('{') && /"(?:columns|cols|meta|column_meta|fields|headers|Columns)":\[/.test(head)) ||
    /^\[\{"FrameType":"/.test(head),
  rows([document]) {
    const found = namedRows(tableOf(document))
    if (found === undefined) return undefined
    const index = isRow(document) && Array.isArray(document.index) ? document.index : undefined
    const isIndex = index !== undefined && index.length === found.rows.length && index.every(isCell)
    const name = found.names.includes('index') ? 'index_1' : 'index'
    return found.rows.map(
      (cells, i): Row =>
        rowOf([
          ...(isIndex ? [[name, index[i]] as const] : []),
          ...found.names.map((column, k) => [column, cells[k]] as const),
        ]),
    )
  },
}
