import type { DuplicatePolicy } from '../../align/index.js'
import { createError } from '../../core/errors.js'
import { sqlText } from '../../engine/index.js'
import type { Roles } from '../columns/columns.js'
import { profileColumn } from '../columns/profile.js'
import type { RoleOptions } from '../columns/role-options.js'
import { lineOfRow } from '../rows/diagnose.js'
import type { ReadSummary } from '../summary.js'
import { countPlace } from '../tally.js'
import { badCell } from './bad-cell.js'
import { MISSING_SPELLINGS } from './cell.js'
import { ADDED, isSensorName } from './long-columns.js'
import { noneLeft } from './none-left.js'
import { plainNumberSql, type Relation, withoutUnitsSql } from './relation.js'

const MOST_SENSORS = 4096

export interface LongOptions extends RoleOptions {
  readonly duplicateTimes: DuplicatePolicy
  readonly badCells?: 'error' | 'missing'
  /** Folder for what is written in between. */
  readonly folder: string
}

/** The readings of a long table as a FROM clause with the columns t, d, s, v, x and n: ms, device, sensor, value, text of a state, number of the row from 1. */
export interface Readings {
  readonly base: string
  readonly roles: Roles
  readonly sensorColumn: string
  readonly valueColumn: number
  /** Columns that are the time, the sensor, its value or the device. */
  readonly used: readonly number[]
  /** SQL of the name of the sensor, on the columns of the file. */
  readonly sensorSql: string
  /** Units that stand behind numbers. */
  readonly units: readonly string[]
  /** Column that holds the unit of each reading. */
  readonly unitColumn?: number
  ask(sql: string): Promise<Record<string, unknown>[]>
}

/** The sensors of a table, and those without any number, which are left out. */
export interface Sensors {
  readonly names: readonly string[]
  /** Those whose readings are texts, as was asked. */
  readonly states: readonly string[]
  readonly textOnly: readonly string[]
  /** Whether every other reading is a number or missing. */
  readonly isClean: boolean
}

/** The sensors whose texts are asked for as states: by their role, or computed as in a former reading. */
export function statesAsked({ roles = {}, derived = [] }: RoleOptions): string[] {
  const asked = Object.entries(roles).flatMap(([name, role]) => (role === 'state' ? [name] : []))
  const known = derived.flatMap(({ kind, from }) => (kind === 'state' ? [from] : []))
  return [...new Set([...asked, ...known])]
}

/** SQL of the number of a row of a file, 0 = the first. */
export function rowSql({ rowColumn }: Relation): string {
  return rowColumn ?? 'row_number() over () - 1'
}

/**
 * The sensors, in the order of their names, those without any number left out and counted. Cells of the others that are no number are refused with
 * their row, or counted as missing.
 */
export async function sensorsOf(
  readings: Readings,
  relation: Relation,
  options: LongOptions,
  summary: ReadSummary,
): Promise<Sensors> {
  const { base, ask, sensorColumn } = readings
  const { file } = relation
  const rows = await ask(
    `select s, count(*) filter (where isfinite(v))::double as numbers, count(*) filter (where isinf(v))::double as bad,
      min(n) filter (where isinf(v))::double - 1 as row from ${base} group by s order by s limit ${MOST_SENSORS + 1}`,
  )
  if (rows.length === 0 && relation.condition !== undefined)
    throw await noneLeft({ rows: ask }, relation.condition)
  if (rows.length === 0) throw createError('data-empty', { file, reason: 'there is only a header line' })
  if (rows.some(({ s }) => s === null || s === '')) {
    throw createError('data-not-a-table', { file, reason: `a row has no name in the column ${sensorColumn}` })
  }
  if (rows.length > MOST_SENSORS) {
    throw createError('limit-columns', { file, got: `more than ${MOST_SENSORS}`, wanted: MOST_SENSORS })
  }
  const asked = new Set(statesAsked(options))
  const isState = ({ s }: Record<string, unknown>) => asked.has(String(s))
  const usable = rows.filter(row => Number(row.numbers) > 0 || isState(row))
  const kept = usable.length === 0 ? rows : usable
  const names = kept.map(({ s }) => String(s))
  const textOnly = rows.filter(row => !kept.includes(row)).map(({ s }) => String(s))
  const bad = kept.filter(row => Number(row.bad) > 0 && !isState(row))
  const count = bad.reduce((sum, row) => sum + Number(row.bad), 0)
  if (count > 0)
    await countBadCells(
      readings,
      relation,
      options,
      summary,
      count,
      Math.min(...bad.map(({ row }) => Number(row))),
    )
  if (textOnly.length > 0)
    summary.assumptions.push(
      `${textOnly.length} of the names in ${sensorColumn} have no number and are left out, such as ${textOnly[0]}: --role '${textOnly[0]}=state' takes its texts as states`,
    )
  return { names, states: kept.filter(isState).map(({ s }) => String(s)), textOnly, isClean: count === 0 }
}

async function countBadCells(
  { ask, valueColumn }: Readings,
  relation: Relation,
  options: LongOptions,
  summary: ReadSummary,
  count: number,
  row: number,
): Promise<void> {
  const column = relation.names[valueColumn]!
  const [cell] = await ask(
    `select got from (select c${valueColumn}::varchar as got, ${rowSql(relation)} as row from ${relation.from(new Map())}) where row = ${row}`,
  )
  const text = String(cell?.got ?? '')
  const got = JSON.stringify(text.slice(0, 40))
  if (options.badCells !== 'missing')
    throw badCell(relation, { line: await lineOfRow(relation, row), column, cell: text, got })
  for (let i = 0; i < count; i++)
    countPlace(summary.badCells, () => ({ file: relation.file, row, column, got }))
}

/**
 * The number of readings that have the time of another one of their sensor. Refused where another column distinguishes them: they are then of
 * several devices or sensors. Errors: `data-duplicate-reading`, `data-mixed-readings`.
 */
export async function checkRepeated(
  readings: Readings,
  relation: Relation,
  sensors: Sensors,
  { duplicateTimes }: LongOptions,
): Promise<number> {
  const { base, ask } = readings
  const { file } = relation
  const [twice] = await ask(`select count(*)::double as n, min(m)::double - 1 as row from
    (select min(n) as m from ${base} group by t, d, s having count(*) > 1)`)
  const repeated = Number(twice?.n ?? 0)
  if (repeated > 0 && duplicateTimes === 'error') {
    throw createError('data-duplicate-reading', { file, row: Number(twice!.row), count: repeated })
  }
  if (repeated > 0 && duplicateTimes === 'keep') {
    const found = await distinguishing(readings, relation, sensors, repeated)
    if (found !== undefined) throw createError('data-mixed-readings', { file, count: repeated, ...found })
  }
  return repeated
}

/** The columns that distinguish nearly all repeated readings, and the option that uses them. */
async function distinguishing(
  { base, ask, used, sensorColumn }: Readings,
  relation: Relation,
  sensors: Sensors,
  repeated: number,
): Promise<{ column: string; option: string } | undefined> {
  const { names, sample } = relation
  const profiles = names.map((_, i) =>
    profileColumn(
      sample.map(row => row[i] ?? ''),
      relation.decimal,
    ),
  )
  const isText = (i: number) => Number(profiles[i]!.numbers === 0)
  const others = [...names.keys()].filter(
    i => !used.includes(i) && !ADDED.has(names[i]!) && (isText(i) || profiles[i]!.isInteger),
  )
  if (others.length === 0) return undefined
  const cells = others.map(i => `c${i}::varchar`)
  const [counts] = await ask(
    `select count(*)::double as rows, ${cells.map((cell, k) => `count(distinct ${cell})::double as k${k}`).join()} from ${relation.from(new Map())}`,
  )
  const isOpen = (k: number) =>
    Number(counts![`k${k}`]) > 1 && Number(counts![`k${k}`]) * 4 <= Number(counts!.rows)
  // A counter may distinguish the readings as well as the text that names their device does.
  const candidates = others
    .map((i, k) => ({ i, k, different: Number(counts![`k${k}`]) }))
    .filter(({ k }) => isOpen(k))
    .sort((a, b) => isText(b.i) - isText(a.i) || a.different - b.different)
    .map(({ i }) => i)
  const joined = `(select * from ${base} join (select ${candidates.map(i => `c${i}::varchar as c${i}, `).join('')}${rowSql(relation)} + 1 as n
    from ${relation.from(new Map())}) as others using (n))`
  const left = async (...by: readonly string[]) => {
    const [row] = await ask(
      `select count(*)::double as n from (select 1 from ${joined} group by ${by.join()} having count(*) > 1)`,
    )
    return Number(row!.n)
  }
  const isFew = (count: number) => count * 20 <= repeated
  for (const i of candidates) {
    if (!isFew(await left('t', 'd', 's', `c${i}`))) continue
    const name = names[i]!
    const option =
      sensors.names.length === 1
        ? `--sensor-column '${name}'`
        : isSensorName(name)
          ? `--sensor-column '${sensorColumn},${name}'`
          : `--group-by '${name}'`
    return { column: `the column ${name} distinguishes them`, option }
  }
  if (candidates.length < 2) return undefined
  const all = candidates.map(i => `c${i}`)
  if (!isFew(await left('t', 'd', 's', ...all))) return undefined
  const list = candidates.map(i => names[i]!)
  return {
    column: `the columns ${list.join(', ')} distinguish them`,
    option: `--sensor-column '${[...list, sensorColumn].join()}'`,
  }
}

/** The unit of each sensor: behind its numbers, or in a column of units. Errors: `data-mixed-units` for one whose readings have several. */
export async function unitsOf(readings: Readings, relation: Relation): Promise<ReadonlyMap<string, string>> {
  const { ask, sensorSql, sensorColumn, valueColumn, unitColumn } = readings
  const unit = readings.units.length > 0 ? unitBehindSql(readings, relation) : unitCellSql(unitColumn)
  if (unit === undefined) return new Map()
  const rows = await ask(
    `select s, list(distinct u order by u) as units from (select ${sensorSql} as s, ${unit} as u from ${relation.from(new Map())})
      where u is not null group by s`,
  )
  for (const { s, units: own } of rows) {
    const found = own as string[]
    if (found.length < 2) continue
    throw createError('data-mixed-units', {
      file: relation.file,
      column: relation.names[readings.units.length > 0 ? valueColumn : unitColumn!]!,
      sensor: String(s),
      got: found.map(one => one || 'none').join(' and '),
      sensorColumn,
    })
  }
  return new Map(rows.map(({ s, units: own }) => [String(s), (own as string[])[0]!]))
}

/** SQL of the unit behind a number: empty where there is none, NULL where there is no number. */
function unitBehindSql({ units, valueColumn }: Readings, { decimal }: Relation): string {
  const text = `trim(c${valueColumn}::varchar)`
  const unit = units.map(one => `when ends_with(${text}, ${sqlText(one)}) then ${sqlText(one)}`).join(' ')
  const number = `try_cast(${plainNumberSql(withoutUnitsSql(text, units, false), decimal)} as double)`
  return `case when ${number} is not null then case ${unit} else '' end end`
}

/** SQL of the unit in a column of units, NULL where it is missing. */
function unitCellSql(column: number | undefined): string | undefined {
  if (column === undefined) return undefined
  const text = `trim(c${column}::varchar)`
  const spellings = MISSING_SPELLINGS.map(spelling => sqlText(spelling)).join()
  return `case when lower(${text}) not in (${spellings}) then ${text} end`
}
