import type { DuplicatePolicy } from '../../align/index.js'
import { createError, type TelltaleError } from '../../core/errors.js'
import { type Engine, firstLine, sqlPath, sqlText } from '../../engine/index.js'
import { assignRoles, type Roles } from '../columns/columns.js'
import { positionOf, type RoleOptions } from '../columns/role-options.js'
import type { ReadSummary } from '../summary.js'
import { countPlace } from '../tally.js'
import { MISSING_SPELLINGS } from './cell.js'
import type { FoundColumns } from './long-columns.js'
import { placeTimes } from './long-times.js'
import { isoSql, numberSql, type Relation, type Use } from './relation.js'

const MOST_SENSORS = 4096

export interface LongOptions extends RoleOptions {
  readonly duplicateTimes: DuplicatePolicy
  readonly badCells?: 'error' | 'missing'
  /** Folder for what is written in between. */
  readonly folder: string
}

/** The readings of a long table as a FROM clause with the columns t, d, s, v and n: ms, device, sensor, value, number of the row from 1. */
interface Readings {
  readonly base: string
  readonly roles: Roles
  readonly sensorColumn: string
  readonly valueColumn: number
  ask(sql: string): Promise<Record<string, unknown>[]>
}

/**
 * A long table as a wide one: one row per time (and device), one column per sensor, in the order of time. Readings of one sensor at one
 * time are joined by `duplicateTimes`, where `keep` is the last. The engine sorts, on the disk when it must. A sensor without any number
 * is left out, and counted. Errors: those of columns; `data-bad-time`, `data-bad-cell` and `data-duplicate-reading`, `limit-columns`.
 */
export async function longRelation(
  engine: Engine,
  relation: Relation,
  columns: FoundColumns,
  options: LongOptions,
  summary: ReadSummary,
): Promise<Relation> {
  const readings = await openReadings(engine, relation, columns, options, summary)
  const { ask, roles } = readings
  const isClean = await checkCells(readings, relation, options, summary)
  const base = isClean
    ? readings.base
    : `(select t, d, s, case when isinf(v) then 'nan'::double else v end as v, n from ${readings.base})`
  const sensors = await sensorsOf(readings, relation, summary)
  const repeated = await checkRepeated(readings, relation, options)
  summary.assumptions.push(
    `${columns.sensor} and ${columns.value} are taken as a reading per row: ${sensors.length} channels`,
    ...(repeated > 0
      ? [`${repeated} readings were there more than once: ${JOINED[options.duplicateTimes]}`]
      : []),
  )
  const time = roles.time!
  const device = columns.device === undefined ? [] : [columns.device]
  const cells = sensors.map(
    (name, i) => `${JOINS[options.duplicateTimes]} filter (where s = ${sqlText(name)}) as v${i}`,
  )
  const aliases = ['c0', ...device.map(() => 'c1'), ...sensors.map((_, i) => `c${i + 1 + device.length}`)]
  const instant = time.kind === 'number' ? 't' : 'make_timestamptz((t * 1000)::bigint)'
  const picked = [instant, ...device.map(() => 'd'), ...cells].join(', ')
  const from = `(select ${picked} from ${base} where s is not null group by t, d order by t, d) as wide(${aliases.join()})`
  const wide: Relation = {
    file: relation.file,
    sizeBytes: relation.sizeBytes,
    names: [relation.names[time.column]!, ...device, ...sensors],
    firstRow: relation.firstRow && [relation.firstRow[time.column]!, ...device, ...sensors.map(() => '0')],
    sample: [],
    columns: roles.columns,
    ...(columns.device !== undefined && { deviceColumn: columns.device }),
    expectedRows: Math.ceil(relation.expectedRows / sensors.length),
    isExact: false,
    kinds: [
      time.kind === 'number' ? 'number' : 'time',
      ...device.map(() => 'text' as const),
      ...sensors.map(() => 'number' as const),
    ],
    from: () => from,
  }
  return { ...wide, sample: await wideSample(ask, wide) }
}

const JOINS: Record<DuplicatePolicy, string> = {
  keep: 'arg_max(v, n)',
  last: 'arg_max(v, n)',
  first: 'arg_min(v, n)',
  mean: 'avg(v)',
  error: 'any_value(v)',
}
const JOINED: Record<DuplicatePolicy, string> = {
  keep: 'the last one counts',
  last: 'the last one counts',
  first: 'the first one counts',
  mean: 'their mean counts',
  error: '',
}

async function openReadings(
  engine: Engine,
  relation: Relation,
  columns: FoundColumns,
  options: LongOptions,
  summary: ReadSummary,
): Promise<Readings> {
  const { file } = relation
  const [sensor, value] = [positionOf(relation, columns.sensor), positionOf(relation, columns.value)]
  const device = columns.device === undefined ? undefined : positionOf(relation, columns.device)
  const { expectChannels: _, derived: __, roles: ___, ...own } = options
  const reading = {
    ...own,
    channels: [columns.value],
    labelColumn: undefined,
    ignoreColumns: [columns.sensor],
  }
  const found = assignRoles(
    relation,
    columns.device === undefined ? reading : { ...reading, deviceColumn: columns.device },
    false,
  )
  const { time } = found
  if (time === undefined) throw createError('option-missing', { name: '--time-column' })
  summary.form = {
    sensorColumn: columns.sensor,
    valueColumn: columns.value,
    ...(columns.device !== undefined && { deviceColumn: columns.device }),
    ...(time.order && { dateOrder: time.order }),
    ...(time.zone && { timeZone: time.zone }),
    ...(relation.header?.decimal === ',' && { decimal: ',' as const }),
  }
  const asText: ReadonlyMap<number, Use> = new Map()
  const deviceSql = device === undefined ? `''` : `coalesce(c${device}::varchar, '')`
  const headers = relation.names.map((name, i) => `trim(c${i}::varchar) = ${sqlText(name)}`).join(' and ')
  const rest = `${deviceSql} as d, trim(c${sensor}::varchar) as s, ${readingSql(relation, value)} as v, row_number() over () as n`
  const ask = async (sql: string) => {
    try {
      return await engine.rows(sql)
    } catch (error) {
      throw createError('data-not-a-table', { file, reason: firstLine(error) }, error)
    }
  }
  const source = relation.from(asText)
  const isEngineTime = time.kind === 'iso' || time.kind === 'number'
  const engineTime =
    time.kind === 'number' ? textNumberSql(relation, time.column) : engineTimeSql(relation, time)
  if (isEngineTime && (time.kind === 'number' || (await isAllCanonical(ask, relation, time, source)))) {
    const base = `(select ${engineTime} as t, ${rest} from ${source} where not coalesce(${headers}, false))`
    return { base, roles: found, sensorColumn: columns.sensor, valueColumn: value, ask }
  }
  const path = await placeTimes(engine, { relation, time, source, headers, rest, options, summary })
  const base = `(select t::double as t, d, s, v::double as v, n from read_csv(${sqlPath(path)}, auto_detect = false, header = false, delim = ',', quote = '"',
    escape = '"', nullstr = '\u0001', columns = {t: 'double', d: 'varchar', s: 'varchar', v: 'double', n: 'bigint'}))`
  return { base, roles: found, sensorColumn: columns.sensor, valueColumn: value, ask }
}

/** Every cell of a delimited text is read as text, so that the engine stumbles over none. */
function readingSql(relation: Relation, i: number): string {
  return relation.header === undefined
    ? `coalesce(${numberSql(relation, i)}, 'nan')`
    : textNumberSql(relation, i)
}

function textNumberSql({ header, kinds }: Relation, i: number): string {
  if (header === undefined && kinds[i] === 'number') return `coalesce(c${i}::double, 'nan')`
  const text = `trim(c${i}::varchar)`
  const plain = header?.decimal === ',' ? `replace(replace(${text}, '.', ''), ',', '.')` : text
  const spellings = MISSING_SPELLINGS.map(spelling => sqlText(spelling)).join()
  return `case when c${i} is null or lower(${text}) in (${spellings}) then 'nan'
    when lower(${text}) in ('true', 'on') then 1 when lower(${text}) in ('false', 'off') then 0
    else coalesce(try_cast(${plain} as double), 'inf') end::double`
}

function engineTimeSql(relation: Relation, { column }: NonNullable<Roles['time']>): string {
  if (relation.header === undefined) return isoSql(relation, column)
  return `coalesce(epoch_us(try_cast(c${column} as timestamptz))::double / 1000, 'nan')`
}

async function isAllCanonical(
  ask: Readings['ask'],
  relation: Relation,
  { column, lengths }: NonNullable<Roles['time']>,
  source: string,
): Promise<boolean> {
  if (relation.header === undefined) return true
  const [other] = await ask(
    `select 1 as other from ${source} where strlen(c${column}) not in (${lengths!.join()}) limit 1`,
  )
  return other === undefined
}

/** Cells that are no number: refused with their row, or counted as missing. Returns whether there is none. */
async function checkCells(
  { base, ask, valueColumn }: Readings,
  relation: Relation,
  options: LongOptions,
  summary: ReadSummary,
): Promise<boolean> {
  const [bad] = await ask(
    `select count(*)::double as count, min(n)::double - 1 as row from ${base} where isinf(v)`,
  )
  const count = Number(bad?.count ?? 0)
  if (count === 0) return true
  const row = Number(bad!.row)
  const column = relation.names[valueColumn]!
  const [cell] = await ask(
    `select c${valueColumn}::varchar as got from ${relation.from(new Map())} limit 1 offset ${row}`,
  )
  const got = JSON.stringify(String(cell?.got ?? '').slice(0, 40))
  if (options.badCells !== 'missing') throw badCell(relation, row, column, got)
  for (let i = 0; i < count; i++)
    countPlace(summary.badCells, () => ({ file: relation.file, row, column, got }))
  return false
}

function badCell({ file, header }: Relation, row: number, column: string, got: string): TelltaleError {
  const line = header === undefined ? row + 1 : (header.lineOf?.(row + 2) ?? row + 2)
  return createError('data-bad-cell', { file, line, column, got })
}

/** The sensors, in the order of their names, those without any number left out. */
async function sensorsOf(
  { base, ask, sensorColumn }: Readings,
  { file }: Relation,
  summary: ReadSummary,
): Promise<string[]> {
  const rows = await ask(
    `select s, count(*) filter (where isfinite(v))::double as numbers from ${base} group by s order by s limit ${MOST_SENSORS + 1}`,
  )
  if (rows.length === 0) throw createError('data-empty', { file, reason: 'there is only a header line' })
  if (rows.some(({ s }) => s === null || s === '')) {
    throw createError('data-not-a-table', { file, reason: `a row has no name in the column ${sensorColumn}` })
  }
  if (rows.length > MOST_SENSORS) {
    throw createError('limit-columns', { file, got: `more than ${MOST_SENSORS}`, wanted: MOST_SENSORS })
  }
  const numeric = rows.filter(({ numbers }) => Number(numbers) > 0)
  const kept = numeric.length === 0 ? rows : numeric
  const dropped = rows.filter(row => !kept.includes(row)).map(({ s }) => String(s))
  if (dropped.length > 0)
    summary.assumptions.push(
      `${dropped.length} of the names in ${sensorColumn} have no number and are left out, such as ${dropped[0]}`,
    )
  return kept.map(({ s }) => String(s))
}

async function checkRepeated(
  { base, ask }: Readings,
  { file }: Relation,
  { duplicateTimes }: LongOptions,
): Promise<number> {
  const [twice] = await ask(`select count(*)::double as n, min(m)::double - 1 as row from
    (select min(n) as m from ${base} group by t, d, s having count(*) > 1)`)
  const repeated = Number(twice?.n ?? 0)
  if (repeated > 0 && duplicateTimes === 'error') {
    throw createError('data-duplicate-reading', { file, row: Number(twice!.row), count: repeated })
  }
  return repeated
}

async function wideSample(ask: Readings['ask'], wide: Relation): Promise<string[][]> {
  const cells = wide.names.map(
    (_, i) => `coalesce(${wide.kinds[i] === 'time' ? `epoch_ms(c${i})` : `c${i}`}::varchar, '') as c${i}`,
  )
  const rows = await ask(`select ${cells.join()} from ${wide.from(new Map())} limit 256`)
  return rows.map(row => wide.names.map((_, i) => String(row[`c${i}`])))
}
