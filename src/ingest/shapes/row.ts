/** One row of a table, or one object of an answer. */
export type Row = Record<string, unknown>

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isCell = (value: unknown): boolean => value === null || typeof value !== 'object'

/** The objects of a list; none where it is something else. */
export const rowsOf = (value: unknown): Row[] => (Array.isArray(value) ? value.filter(isRow) : [])

/** A row of named cells. Names are given by a file: none of them may reach the prototype. */
export const rowOf = (entries: Iterable<readonly [string, unknown]>): Row =>
  Object.assign(Object.create(null), Object.fromEntries(entries))
