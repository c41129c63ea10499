import { stateText } from '../../align/index.js'
import { sqlText } from '../../engine/index.js'
import type { ColumnRole } from '../columns/column-role.js'
import { MISSING_SPELLINGS } from './cell.js'
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
  /** Some of its rows as text, in their order: the first ones, of a large text also some from all over it. */
  readonly sample: readonly (readonly string[])[]
}

/** A table that the engine can read, whatever it is stored in. */
export interface Relation extends TableHead {
  readonly sizeBytes: number
  /** Rows to expect; exact when `isExact`. */
  readonly expectedRows: number
  readonly isExact: boolean
  readonly kinds: readonly ColumnKind[]
  /** Text of a units row, by column. */
  readonly units?: readonly string[]
  /** Column that holds the number of each row, 0 = the first; absent while no row is left out. */
  readonly rowColumn?: string
  /** Of a long table: what the columns of the file were taken for. */
  readonly columns?: readonly ColumnRole[]
  /** Column that was found to identify the device. */
  readonly deviceColumn?: string
  /** Condition of the user that is part of it. */
  readonly where?: string
  /** Of a delimited text: what reads it slowly and knows its lines. */
  readonly header?: Header
  /**
   * A FROM clause whose columns are c0, c1, ...; a delimited text must know beforehand what they are read as.
   * `lengths`: bytes of the texts that the engine may read as times.
   */
  from(uses: ReadonlyMap<number, Use>, lengths?: readonly number[]): string
}

/** SQL of column `i` as a DOUBLE: NULL or NaN where it is missing, infinite where it is no finite number. */
export function numberSql({ kinds, header }: Relation, i: number, states?: readonly string[]): string {
  const column = `c${i}`
  if (states !== undefined) return stateSql(column, states)
  if (header !== undefined) return column
  if (kinds[i] === 'number') return `${column}::double`
  if (kinds[i] === 'flag') return `${column}::int::double`
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
   when 'normal' then 0 when 'anomaly' then 1 when 'anomalous' then 1 when 'abnormal' then 1 when 'attack' then 1
   else coalesce(try_cast(${column} as double), 'nan') end::double`
}

/** SQL of column `i` as the text that a person would write. */
export function textSql({ kinds }: Relation, i: number): string {
  if (kinds[i] === 'flag') return `c${i}::int::varchar`
  // A whole number that is stored as a DOUBLE has no point when a person writes it.
  return kinds[i] === 'number' ? `regexp_replace(c${i}::varchar, '\\.0$', '')` : `c${i}::varchar`
}

/** The position of a text among the known ones as a DOUBLE: NaN where it is missing, -1 where it is unknown. */
function stateSql(column: string, states: readonly string[]): string {
  const text = `lower(trim(${column}::varchar))`
  const spellings = MISSING_SPELLINGS.filter(spelling => !states.includes(spelling)).map(
    spelling => `'${spelling.replaceAll("'", "''")}'`,
  )
  const cases = states.map(
    (state, i) =>
      `when ${[...spelled(state)].map(one => `${text} = ${sqlText(one)}`).join(' or ')} then ${i}`,
  )
  return `case when ${column} is null or ${text} in (${spellings.join()}) then 'nan' ${cases.join(' ')} else -1 end::double`
}

/** A number may be stored with a zero behind its point. */
function spelled(state: string): Set<string> {
  return new Set(
    stateText(state) === state && /^-?\d+$/.test(state) ? [state, `${state}.0`, `${state}.00`] : [state],
  )
}
