import type { DuplicatePolicy } from '../../align/index.js'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { type Engine, sqlPath, sqlText } from '../../engine/index.js'
import { columnRole } from '../columns/column-role.js'
import { assignRoles, type Roles } from '../columns/columns.js'
import { profileColumn } from '../columns/profile.js'
import { readAllTheSame } from '../columns/quality.js'
import { positionOf } from '../columns/role-options.js'
import type { TableForm } from '../form.js'
import type { ReadSummary } from '../summary.js'
import { isMissingText } from './cell.js'
import {
  checkRepeated,
  type LongOptions,
  type Readings,
  rowSql,
  type Sensors,
  sensorsOf,
  statesAsked,
  unitsOf,
} from './long-checks.js'
import type { FoundColumns } from './long-columns.js'
import { placeTimes } from './long-times.js'
import { isNumber } from './number.js'
import { type FileReadings, isoSql, type Relation, readingSql, type Use } from './relation.js'
import { ask as askEngine } from './typed.js'
import { mayHoldUnits } from './unit-column.js'
import { unitBehind, withoutUnit } from './unit-text.js'

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
  const found = await sensorsOf(readings, relation, options, summary)
  const time = roles.time!
  const device = columns.device === undefined ? [] : [columns.device]
  const names = [relation.names[time.column]!, ...device, ...found.names]
  // A wrong name is an error before the readings are sorted.
  for (const name of options.channels ?? []) positionOf({ file: relation.file, names }, name)
  const units = await unitsOf(readings, relation)
  const repeated = await checkRepeated(readings, relation, found, options)
  const sensors = found.names
  const base = baseWithout(readings.base, found)
  summary.assumptions.push(
    `${columns.sensor} and ${columns.value} are taken as a reading per row: ${counted(sensors.length, 'channel')}`,
    ...(repeated > 0
      ? [
          `${counted(repeated, 'reading')} ${repeated === 1 ? 'was' : 'were'} there more than once: ${JOINED[options.duplicateTimes]}`,
        ]
      : []),
  )
  const isState = (name: string) => found.states.includes(name)
  summary.assumptions.push(...qualityNotes(readings, relation))
  const cells = sensors.map((name, i) => {
    const join = isState(name) ? TEXT_JOINS[options.duplicateTimes] : JOINS[options.duplicateTimes]
    return `${join} filter (where s = ${sqlText(name)}) as v${i}`
  })
  const aliases = ['c0', ...device.map(() => 'c1'), ...sensors.map((_, i) => `c${i + 1 + device.length}`)]
  const instant =
    time.kind === 'number' ? 't' : 'case when isfinite(t) then make_timestamptz((t * 1000)::bigint) end'
  const picked = [instant, ...device.map(() => 'd'), ...cells].join(', ')
  const from = `(select ${picked} from ${base} where s is not null group by t, d order by t, d) as wide(${aliases.join()})`
  const wide: Relation = {
    file: relation.file,
    sizeBytes: relation.sizeBytes,
    names,
    firstRow: relation.firstRow && [relation.firstRow[time.column]!, ...device, ...sensors.map(() => '0')],
    sample: [],
    columns: roles.columns,
    readings: { relation, rowOf: rowFinder(readings) },
    ...(columns.device !== undefined && { deviceColumn: columns.device }),
    expectedRows: Math.ceil(relation.expectedRows / sensors.length),
    isExact: false,
    kinds: [
      time.kind === 'number' ? 'number' : 'time',
      ...device.map(() => 'text' as const),
      ...sensors.map(name => (isState(name) ? ('text' as const) : ('number' as const))),
    ],
    ...(units.size > 0 && {
      units: ['', ...device.map(() => ''), ...sensors.map(name => units.get(name) ?? '')],
    }),
    from: () => from,
  }
  return { ...wide, sample: await wideSample(ask, wide) }
}

/** What to say of columns of qualities beside the readings. */
function qualityNotes({ used }: Readings, relation: Relation): string[] {
  return relation.names.flatMap((name, i) => {
    const cells = relation.sample.map(row => row[i] ?? '')
    if (used.includes(i) || columnRole(name, profileColumn(cells, relation.decimal)).role !== 'quality')
      return []
    const note = readAllTheSame(relation, i)
    return note === undefined ? [] : [`${name} is a quality: ${note}`]
  })
}

/** Finds the row of the file that a row of the long table has a reading from. */
function rowFinder({ base, ask }: Readings): FileReadings['rowOf'] {
  return async (row, sensor) => {
    const [found] = await ask(
      `select n from (select min(n)${sensor === undefined ? '' : ` filter (where s = ${sqlText(sensor)})`}::double as n, t, d
        from ${base} where s is not null group by t, d order by t, d limit 1 offset ${row})`,
    )
    return typeof found?.n === 'number' ? found.n - 1 : undefined
  }
}

/** The readings that become cells: those of sensors, with NaN for what is no number. */
function baseWithout(base: string, { textOnly, isClean }: Sensors): string {
  if (textOnly.length === 0 && isClean) return base
  const where = textOnly.length === 0 ? '' : ` where s not in (${textOnly.map(sqlText).join()})`
  return `(select t, d, s, case when isinf(v) then 'nan'::double else v end as v, x, n from ${base}${where})`
}

const JOINS: Record<DuplicatePolicy, string> = {
  keep: 'arg_max(v, n)',
  last: 'arg_max(v, n)',
  first: 'arg_min(v, n)',
  mean: 'avg(v)',
  error: 'any_value(v)',
}
/** The same of texts, which have no mean: the last one counts. */
const TEXT_JOINS: Record<DuplicatePolicy, string> = {
  keep: 'arg_max(x, n)',
  last: 'arg_max(x, n)',
  first: 'arg_min(x, n)',
  mean: 'arg_max(x, n)',
  error: 'any_value(x)',
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
  const sensor = sensorPositions(relation, columns.sensor)
  const value = positionOf(relation, columns.value)
  const device = columns.device === undefined ? undefined : positionOf(relation, columns.device)
  const { expectChannels: _, derived: __, roles: ___, ...own } = options
  const reading = {
    ...own,
    channels: [columns.value],
    labelColumn: undefined,
    ignoreColumns: sensor.map(i => relation.names[i]!),
  }
  const found = assignRoles(
    relation,
    columns.device === undefined ? reading : { ...reading, deviceColumn: columns.device },
    false,
  )
  const { time } = found
  if (time === undefined) throw createError('option-missing', { name: '--time-column' })
  summary.form = { ...summary.form, ...longForm(columns, time, relation) }
  const asText: ReadonlyMap<number, Use> = new Map()
  const deviceSql = device === undefined ? `''` : `coalesce(c${device}::varchar, '')`
  const headers = relation.names.map((name, i) => `trim(c${i}::varchar) = ${sqlText(name)}`).join(' and ')
  const sensorSql =
    sensor.length === 1
      ? `trim(c${sensor[0]}::varchar)`
      : `concat_ws(' ', ${sensor.map(i => `nullif(trim(c${i}::varchar), '')`).join()})`
  const units = unitsBehind(relation, value)
  const text = stateTextSql(statesAsked(options), sensorSql, value)
  const rest = `${deviceSql} as d, ${sensorSql} as s, ${readingSql(relation, value, units)} as v, ${text} as x, ${rowSql(relation)} + 1 as n`
  const ask = (sql: string) => askEngine(engine, file, sql)
  const source = relation.from(asText)
  const used = [...sensor, value, ...time.columns, ...(device === undefined ? [] : [device])]
  const unitColumn = unitColumnOf(relation, used)
  const known = {
    roles: found,
    sensorColumn: columns.sensor,
    valueColumn: value,
    used,
    sensorSql,
    units,
    ...(unitColumn !== undefined && { unitColumn }),
    ask,
  }
  const isEngineTime = time.kind === 'iso' || time.kind === 'number'
  const engineTime =
    time.kind === 'number' ? readingSql(relation, time.column) : engineTimeSql(relation, time)
  if (isEngineTime && (time.kind === 'number' || (await isAllCanonical(ask, relation, time, source)))) {
    const base = `(select ${engineTime} as t, ${rest} from ${source} where not coalesce(${headers}, false))`
    return { ...known, base }
  }
  const path = await placeTimes(engine, { relation, time, source, headers, rest, options, summary })
  const base = `(select t::double as t, d, s, v::double as v, x, n from read_csv(${sqlPath(path)}, auto_detect = false, header = false, delim = ',', quote = '"',
    escape = '"', nullstr = '\u0001', columns = {t: 'double', d: 'varchar', s: 'varchar', v: 'double', x: 'varchar', n: 'bigint'}))`
  return { ...known, base }
}

/** How a long table is written. */
function longForm(
  { sensor, value, device }: FoundColumns,
  { order, zone }: NonNullable<Roles['time']>,
  { decimal }: Relation,
): TableForm {
  return {
    sensorColumn: sensor,
    valueColumn: value,
    ...(device !== undefined && { deviceColumn: device }),
    ...(order && { dateOrder: order }),
    ...(zone && { timeZone: zone }),
    ...(decimal === ',' && { decimal }),
  }
}

/** SQL of the text of a reading where its sensor is one of states; else NULL. */
function stateTextSql(states: readonly string[], sensorSql: string, value: number): string {
  if (states.length === 0) return 'null::varchar'
  return `case when ${sensorSql} in (${states.map(sqlText).join()}) then trim(c${value}::varchar) end`
}

/** One column, or several with a comma between: their texts are joined. */
function sensorPositions(relation: Relation, sensorColumn: string): number[] {
  if (relation.names.includes(sensorColumn)) return [relation.names.indexOf(sensorColumn)]
  return sensorColumn.split(',').map(name => positionOf(relation, name.trim()))
}

/** The column that holds the units of the readings. */
function unitColumnOf({ names, sample }: Relation, used: readonly number[]): number | undefined {
  const found = names.findIndex((name, i) => {
    const cells = sample.map(row => (row[i] ?? '').trim()).filter(cell => !isMissingText(cell, true))
    return !used.includes(i) && mayHoldUnits(name, cells)
  })
  return found < 0 ? undefined : found
}

/** The units behind the sampled numbers of a column of texts, the longest first; none where a cell is neither number nor number and unit. */
function unitsBehind({ kinds, sample, decimal }: Relation, column: number): string[] {
  if (kinds[column] !== 'text') return []
  const units = new Set<string>()
  for (const row of sample) {
    const unit = unitBehind(row[column] ?? '')
    if (unit !== undefined && isNumber(withoutUnit(row[column]!), decimal)) units.add(unit)
  }
  return [...units].sort((a, b) => b.length - a.length)
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

/** The first rows as text, and for each text of a sensor of states that none of them has the first one that has it. */
async function wideSample(ask: Readings['ask'], wide: Relation): Promise<string[][]> {
  const cells = wide.names.map(
    (_, i) => `coalesce(${wide.kinds[i] === 'time' ? `epoch_ms(c${i})` : `c${i}`}::varchar, '') as c${i}`,
  )
  const sampled = async (rest: string) =>
    (await ask(`select ${cells.join()} from ${wide.from(new Map())} ${rest}`)).map(row =>
      wide.names.map((_, i) => String(row[`c${i}`])),
    )
  const sample = await sampled(`limit ${MOST_SAMPLED}`)
  for (const [i, kind] of wide.kinds.entries()) {
    if (kind !== 'text' || wide.names[i] === wide.deviceColumn) continue
    const seen = [...new Set(sample.map(row => row[i]!))].map(sqlText)
    const first = `row_number() over (partition by c${i} order by c0) = 1`
    sample.push(
      ...(await sampled(
        `where c${i} not in (${seen.join()}) qualify ${first} order by wide.c0 limit ${MOST_SAMPLED}`,
      )),
    )
  }
  return sample
}

const MOST_SAMPLED = 256
