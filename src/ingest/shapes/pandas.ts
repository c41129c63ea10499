import { scanTime } from '../../core/time-text.js'
import { isCell, isRow, type Row, rowOf } from './row.js'
import type { Shape } from './shape.js'

/** What a row of pandas is called: its number, or its time. */
const isRowName = (name: string) => /^\d+$/.test(name) || scanTime(name) !== undefined

/** `DataFrame.to_json()`: an object of columns, each an object of cells by row; or, by `orient="index"`, of rows, each an object of cells by column. */
export const pandasShape: Shape = {
  name: 'JSON of pandas',
  mayBe(head) {
    const [, outer, inner] = /^\{"([^"\\]*)":\{"([^"\\]*)":/.exec(head) ?? []
    return inner !== undefined && (isRowName(inner) || isRowName(outer!))
  },
  rows([document]) {
    if (!isRow(document)) return undefined
    const outer = Object.entries(document)
    const first = outer[0]?.[1]
    if (!isRow(first)) return undefined
    const inner = Object.keys(first)
    const isLike = (value: unknown) =>
      isRow(value) && inner.every(key => key in value) && Object.values(value).every(isCell)
    if (inner.length === 0 || !outer.every(([, value]) => isLike(value))) return undefined
    const cell = (row: unknown, key: string) => (row as Row)[key]
    if (inner.every(isRowName))
      return inner.map(name =>
        rowOf([['index', name], ...outer.map(([column, cells]) => [column, cell(cells, name)] as const)]),
      )
    if (!outer.every(([name]) => isRowName(name))) return undefined
    return outer.map(([name, cells]) =>
      rowOf([['index', name], ...inner.map(column => [column, cell(cells, column)] as const)]),
    )
  },
}
