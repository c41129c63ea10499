import { isCell, isRow, type Row, rowOf } from './row.js'
import type { Shape } from './shape.js'

/** Columns as lists in an object within another one, beside what describes it: `{"latitude": 52.5, "hourly": {"time": [...], "temp": [...]}}`. */
export const nestedColumnsShape: Shape = {
  name: 'an object of columns within another',
  mayBe: head => head.startsWith('{') && /":\{"[^"]*":\[/.test(head),
  rows([document]) {
    if (!isRow(document)) return undefined
    const found = Object.values(document).filter(isColumns)
    const [columns] = found
    if (columns === undefined || found.length > 1) return undefined
    const entries = Object.entries(columns)
    return entries[0]![1].map((_, i) => rowOf(entries.map(([name, cells]) => [name, cells[i]] as const)))
  },
}

/** Two lists or more of the same length, of cells. */
function isColumns(value: unknown): value is Record<string, readonly unknown[]> {
  if (!isRow(value)) return false
  const lists: Row[string][] = Object.values(value)
  const [first] = lists
  const isLike = (list: unknown) =>
    Array.isArray(list) && Array.isArray(first) && list.length === first.length && list.every(isCell)
  return lists.length > 1 && lists.every(isLike) && (first as unknown[]).length > 1
}
