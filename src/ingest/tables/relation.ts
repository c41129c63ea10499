import { stateText } from '../../align/index.js'
import { FOREIGN_DIGITS } from '../../core/digits.js'
import { type Chunk, sqlText } from '../../engine/index.js'
import type { ColumnRole } from '../columns/column-role.js'
import { MISSING_SPELLINGS } from './cell.js'
import type { Header } from './header.js'
import { numberOfCell } from './number.js'
import type { Decimal, NumberForm } from './number-form.js'

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

/** A scan of all columns that begins when a table is opened: its first rows are the sample, and the same scan then gives the rows. */
export interface BegunScan {
  /** The first rows as text. */
  readonly sample: readonly (readonly string[])[]
  /** The rows with these columns, when the scan has them; only once. Otherwise the scan ends. */
  take(selected: readonly string[], from: string): Promise<AsyncGenerator<Chunk> | undefined>
  /** Ends it. The engine may not close before. */
  leave(): Promise<void>
}

/** A condition of the user, and the rows that it was asked of. */
export interface Condition {
  readonly where: string
  readonly relation: Relation
  /** Folder for what is written in between. */
  readonly folder: string
}

/** The rows of a file with a reading per row. */
export interface FileReadings {
  readonly relation: Relation
  /** The row of the file with the reading of a sensor, of the first one without, that a row of the long table has; undefined where it has none. */
  rowOf(row: number, sensor?: string): Promise<number | undefined>
}

/** A table that the engine can read, whatever it is stored in. */
export interface Relation extends TableHead, NumberForm {
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
  /** Of a long table: the file with a reading per row, and where a row of this one comes from. */
  readonly readings?: FileReadings
  /** Condition of the user that is part of it. */
  readonly condition?: Condition
  /** A scan of its columns that has begun. */
  readonly begun?: BegunScan
  /** Of a delimited text: what reads it slowly and knows its lines. */
  readonly header?: Header
  /**
   * A FROM clause whose columns are c0, c1, ...; a delimited text must know beforehand what they are read as.
   * `lengths`: bytes of the texts that the engine may read as times.
   */
  from(uses: ReadonlyMap<number, Use>, lengths?: readonly number[]): string
}

/** SQL of column `i` as a DOUBLE: NULL or NaN where it is missing, infinite where it is no finite number. */
export function numberSql(relation: Relation, i: number, states?: readonly string[]): string {
  const { kinds, header, decimal, suffixes } = relation
  const column = `c${i}`
  if (states !== undefined) return stateSql(column, states)
  if (header !== undefined) return column
  if (kinds[i] === 'number') return `${column}::double`
  if (kinds[i] === 'flag') return `${column}::int::double`
  const text = `trim(${column}::varchar)`
  const spellings = MISSING_SPELLINGS.map(spelling => `'${spelling}'`).join()
  const unit = suffixes?.get(i)
  const number = plainNumberSql(unit === undefined ? text : withoutUnitsSql(text, [unit], true), decimal)
  const minus = relation.bracketed?.has(i)
    ? `when starts_with(${text}, '(') and ends_with(${text}, ')') then -try_cast(${text}[2:-2] as double)`
    : ''
  // Nearly every cell is a number: the others alone are compared with the spellings.
  return `coalesce(try_cast(${number} as double),
    case when ${column} is null or lower(${text}) in (${spellings}) then 'nan'::double ${minus} end,
    try_cast(${inLatinSql(text)} as double), 'inf'::double)`
}

/** SQL of a reading as a DOUBLE. Every cell of a delimited text is read as text, so that the engine stumbles over none. */
export function readingSql(relation: Relation, i: number, units: readonly string[] = []): string {
  const { header, kinds, decimal } = relation
  if (header === undefined && kinds[i] === 'number') return `coalesce(c${i}::double, 'nan')`
  if (header === undefined && kinds[i] === 'flag') return `coalesce(${numberSql(relation, i)}, 'nan')`
  const text = `trim(c${i}::varchar)`
  const number = plainNumberSql(units.length === 0 ? text : withoutUnitsSql(text, units, false), decimal)
  const spellings = MISSING_SPELLINGS.map(spelling => sqlText(spelling)).join()
  return `coalesce(try_cast(${number} as double),
    case when c${i} is null or lower(${text}) in (${spellings}) then 'nan'
    when lower(${text}) in ('true', 'on') then 1 when lower(${text}) in ('false', 'off') then 0
    else coalesce(try_cast(${inLatinSql(text)} as double), 'inf'::double) end)`
}

/** SQL of a text without the unit behind its number. @param isRequired a number without a unit is none */
export function withoutUnitsSql(text: string, units: readonly string[], isRequired: boolean): string {
  const cases = units.map(
    unit =>
      `when ends_with(${text}, ${sqlText(unit)}) then rtrim(left(${text}, -${[...unit].length}), ' \u00a0\u202f')`,
  )
  return `(case ${cases.join(' ')} else ${isRequired ? "''" : text} end)`
}

/** SQL of a text with a number as the engine writes it: grouped thousands joined, a decimal comma as a point. */
export function plainNumberSql(text: string, decimal: Decimal | undefined): string {
  const comma =
    decimal === ',' ? `when contains(${text}, ',') then replace(replace(${text}, '.', ''), ',', '.')` : ''
  return `(case when not contains(${text}, ',') then ${text}
    when regexp_full_match(${text}, '${THOUSANDS}') then replace(${text}, ',', '') ${comma} else ${text} end)`
}

/** SQL of a text with digits of other scripts and exponents of Fortran as the engine writes them. */
export function inLatinSql(text: string): string {
  const [from, to] = FOREIGN_DIGITS
  const ascii = `translate(${text}, ${sqlText(`${from}\u066b\uff0e`)}, ${sqlText(`${to}..`)})`
  return `regexp_replace(${ascii}, '^([+-]?(?:\\d+\\.\\d*|\\.\\d+))[dD]([+-]?\\d+)$', '\\1e\\2')`
}

/** `1,234.5`, `1,234,567` and `1,23,456`: a comma that stands for nothing else. */
const THOUSANDS =
  '[+-]?\\d{1,3}(,\\d{3})+\\.\\d+|[+-]?\\d{1,3}(,\\d{3}){2,}|[+-]?\\d{1,2}(,\\d{2})+,\\d{3}(\\.\\d+)?'

/** The number that a cell of a column holds; NaN where it holds none. */
export function numberIn(
  { decimal, suffixes, bracketed, header }: Relation,
  cell: string,
  i: number,
): number {
  const own = header === undefined && !cell.includes(',') ? '.' : decimal
  const form = { ...(suffixes && { suffixes }), ...(bracketed && { bracketed }) }
  return numberOfCell(cell, { ...(own && { decimal: own }), ...form }, i)
}

/** SQL of column `i` as a DOUBLE: ms since the epoch of a time, NaN where it is none. */
export function isoSql({ kinds, header }: Relation, i: number): string {
  const column = `c${i}`
  if (header !== undefined) return `coalesce(epoch_us(${column})::double / 1000, 'nan')`
  const time = kinds[i] === 'text' ? `try_cast(${column}::varchar as timestamptz)` : column
  return `case when isfinite(${time}) then epoch_us(${time})::double / 1000 else 'nan' end::double`
}

/** SQL of column `i` as a DOUBLE: 0 or 1 where it is a label, another number or NaN elsewhere. */
export function labelSql(relation: Relation, i: number): string {
  if (relation.kinds[i] === 'flag' || (relation.header === undefined && relation.kinds[i] === 'number'))
    return numberSql(relation, i)
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
  return `case when ${column} is null or ${text} in (${spellings.join()}) then 'nan'::double ${cases.join(' ')} else -1 end::double`
}

/** A number may be stored with a zero behind its point. */
function spelled(state: string): Set<string> {
  return new Set(
    stateText(state) === state && /^-?\d+$/.test(state) ? [state, `${state}.0`, `${state}.00`] : [state],
  )
}
