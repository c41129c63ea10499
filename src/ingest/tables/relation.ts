import { trimCell } from '../rows/records.js'
import type { Header } from './header.js'

/** What the engine takes a column for. `flag` is true or false, `wall` a time without zone; `text` may hold anything. */
export type ColumnKind = 'number' | 'flag' | 'time' | 'wall' | 'text'

/** What a column is read as. `iso` is a time that the engine reads itself. */
export type Use = 'number' | 'iso' | 'text'

/** The names and first cells of a table: what roles are decided on. */
export interface TableHead {
  /** As messages name it. */
  readonly file: string
  readonly names: readonly string[]
  /** Cells of the first row of data as text; undefined when there is none. */
  readonly firstRow: readonly string[] | undefined
}

/** A table that the engine can read, whatever it is stored in. */
export interface Relation extends TableHead {
  readonly sizeBytes: number
  /** Rows to expect; exact when `isExact`. */
  readonly expectedRows: number
  readonly isExact: boolean
  readonly kinds: readonly ColumnKind[]
  /** Column that holds the number of each row, 0 = the first; absent while no row is left out. */
  readonly rowColumn?: string
  /** Column that was found to tell the devices apart. */
  readonly deviceColumn?: string
  /** Condition of the user that is part of it. */
  readonly where?: string
  /** Of a delimited text: what reads it slowly and knows its lines. */
  readonly header?: Header
  /** A FROM clause whose columns are c0, c1, ...; a delimited text must know beforehand what they are read as. */
  from(uses: ReadonlyMap<number, Use>): string
}

/** What stands for a missing reading in a text; the comparison ignores case and outer blanks. */
export const MISSING_SPELLINGS = ['', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', '-', '--', '?'] as const

/** Whether a cell has no reading: it is empty or, where that is allowed, says so. */
export function isMissingText(cell: string, spelled: boolean): boolean {
  const text = trimCell(cell).toLowerCase()
  return text === '' || (spelled && (MISSING_SPELLINGS as readonly string[]).includes(text))
}

/** SQL of column `i` as a DOUBLE: NaN where it is missing, infinite where it is no finite number. */
export function numberSql({ kinds, header }: Relation, i: number): string {
  const column = `c${i}`
  if (header !== undefined) return `coalesce(${column}, 'nan')`
  if (kinds[i] === 'number') return `coalesce(${column}::double, 'nan')`
  if (kinds[i] === 'flag') return `coalesce(${column}::int::double, 'nan')`
  const text = `trim(${column}::varchar)`
  const spellings = MISSING_SPELLINGS.map(spelling => `'${spelling}'`).join()
  return `case when ${column} is null or lower(${text}) in (${spellings}) then 'nan'
    else coalesce(try_cast(${text} as double), 'inf') end::double`
}

/** SQL of column `i` as a DOUBLE: ms since the epoch of a time, NaN where it is none. */
export function isoSql({ kinds, header }: Relation, i: number): string {
  const column = `c${i}`
  if (header !== undefined) return `coalesce(epoch_us(${column})::double / 1000, 'nan')`
  const time = kinds[i] === 'text' ? `try_cast(${column}::varchar as timestamptz)` : column
  return `case when isfinite(${time}) then epoch_us(${time})::double / 1000 else 'nan' end::double`
}

/** SQL of column `i` as a DOUBLE: 0 or 1 where it is a label, NaN elsewhere. */
export function labelSql(i: number): string {
  const column = `c${i}::varchar`
  return `case lower(trim(${column})) when '0' then 0 when '1' then 1 when 'false' then 0 when 'true' then 1
   else coalesce(try_cast(${column} as double), 'nan') end::double`
}

/** SQL of column `i` as the text that a person would write. */
export function textSql({ kinds }: Relation, i: number): string {
  return kinds[i] === 'flag' ? `c${i}::int::varchar` : `c${i}::varchar`
}
