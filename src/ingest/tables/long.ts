import type { DuplicatePolicy } from '../../align/index.js'
import { createError } from '../../core/errors.js'
import { nearestName } from '../../core/nearest.js'
import { type Engine, firstLine, sqlText } from '../../engine/index.js'
import { assignRoles, type RoleOptions } from '../columns/columns.js'
import type { ReadSummary } from '../summary.js'
import { isNumber } from './header.js'
import { isoSql, numberSql, type Relation, type Use } from './relation.js'

const SENSOR_NAMES = [
  'sensor',
  'sensor_id',
  'sensor_name',
  'channel',
  'tag',
  'tag_name',
  'variable',
  'metric',
  'signal',
]
const VALUE_NAMES = ['value', 'reading']
const DEVICE_NAMES = ['device', 'device_id', 'machine', 'machine_id', 'asset', 'unit', 'host', 'entity']
const MOST_SENSORS = 4096

/** The columns of a table with one row per reading. */
export interface LongColumns extends RoleOptions {
  /** Column that names the channel of each reading. */
  readonly sensorColumn: string
  /** Column that holds the readings. */
  readonly valueColumn: string
}

/**
 * The sensor and value column of a long table: as given, or found when a table consists of a time, a sensor, a value and at most a device.
 * Undefined for a wide table.
 */
export function longColumns(
  { names, firstRow }: Relation,
  given: Partial<LongColumns>,
): { sensor: string; value: string; device?: string } | undefined {
  const { sensorColumn, valueColumn, deviceColumn } = given
  const find = (known: readonly string[]) => names.find(name => known.includes(name.toLowerCase()))
  const device = deviceColumn ?? find(DEVICE_NAMES)
  if (sensorColumn !== undefined || valueColumn !== undefined) {
    const sensor = sensorColumn ?? find(SENSOR_NAMES)
    const value = valueColumn ?? find(VALUE_NAMES)
    if (sensor === undefined) throw createError('option-missing', { name: '--sensor-column' })
    if (value === undefined) throw createError('option-missing', { name: '--value-column' })
    return { sensor, value, device: deviceColumn }
  }
  const sensor = find(SENSOR_NAMES)
  const value = find(VALUE_NAMES)
  if (sensor === undefined || value === undefined) return undefined
  const rest = names.filter(name => ![sensor, value, device].includes(name))
  const isText = !isNumber(firstRow?.[names.indexOf(sensor)] ?? '0')
  return rest.length === 1 && isText ? { sensor, value, device } : undefined
}

/**
 * A long table as a wide one: one row per time (and device), one column per sensor, in the order of time. Readings of one sensor at one
 * time are joined by `duplicateTimes`, where `keep` is the last. The engine sorts, on the disk when it must.
 * Errors: those of columns; `data-bad-time` and `data-duplicate-reading`, `limit-columns`.
 */
export async function longRelation(
  engine: Engine,
  relation: Relation,
  columns: { sensor: string; value: string; device?: string },
  options: RoleOptions & { readonly duplicateTimes: DuplicatePolicy },
  summary: ReadSummary,
): Promise<Relation> {
  const { file, names } = relation
  const position = (column: string) => {
    const at = names.indexOf(column)
    if (at < 0)
      throw createError('data-column-missing', {
        file,
        column,
        got: names.join(', '),
        nearest: nearestName(column, names),
      })
    return at
  }
  const [sensor, value] = [position(columns.sensor), position(columns.value)]
  const device = columns.device === undefined ? undefined : position(columns.device)
  const reading = {
    ...options,
    channels: [columns.value],
    deviceColumn: columns.device,
    expectChannels: undefined,
  }
  const { time } = assignRoles(
    relation,
    { ...reading, labelColumn: undefined, ignoreColumns: [columns.sensor] },
    false,
  )
  if (time === undefined) throw createError('option-missing', { name: '--time-column' })

  const uses = new Map<number, Use>([[value, 'number']])
  if (time.kind === 'iso') uses.set(time.column, 'iso')
  if (time.kind === 'number') uses.set(time.column, 'number')
  const timeSql =
    time.kind === 'text'
      ? `c${time.column}::varchar`
      : time.kind === 'number'
        ? numberSql(relation, time.column)
        : isoSql(relation, time.column)
  const deviceSql = device === undefined ? 'null' : `coalesce(c${device}::varchar, '')`
  const base = `(select ${timeSql} as t, ${deviceSql} as d, c${sensor}::varchar as s, ${numberSql(relation, value)} as v,
    row_number() over () as n from ${relation.from(uses)})`
  const ask = async (sql: string) => {
    try {
      return await engine.rows(sql)
    } catch (error) {
      throw createError('data-not-a-table', { file, reason: firstLine(error) }, error)
    }
  }

  const sensors = (await ask(`select distinct s from ${base} order by s limit ${MOST_SENSORS + 1}`)).map(
    row => row.s,
  )
  if (sensors.length === 0) throw createError('data-empty', { file, reason: 'there is only a header line' })
  if (sensors.some(name => name === null || name === '')) {
    const reason = `a row has no name in the column ${columns.sensor}`
    throw createError('data-not-a-table', { file, reason })
  }
  if (sensors.length > MOST_SENSORS) {
    throw createError('limit-columns', { file, got: `more than ${MOST_SENSORS}`, wanted: MOST_SENSORS })
  }
  const [twice] = await ask(`select count(*)::double as n, min(m)::double - 1 as row from
    (select min(n) as m from ${base} group by t, d, s having count(*) > 1)`)
  const repeated = Number(twice?.n ?? 0)
  if (repeated > 0 && options.duplicateTimes === 'error') {
    throw createError('data-duplicate-reading', { file, row: Number(twice!.row), count: repeated })
  }
  const joined = {
    keep: 'arg_max(v, n)',
    last: 'arg_max(v, n)',
    first: 'arg_min(v, n)',
    mean: 'avg(v)',
    error: 'any_value(v)',
  }
  summary.assumptions.push(
    `${columns.sensor} and ${columns.value} are taken as a reading per row: ${sensors.length} channels`,
    ...(repeated > 0
      ? [`${repeated} readings were there more than once: ${JOINED[options.duplicateTimes]}`]
      : []),
  )

  const wide = device === undefined ? [] : [columns.device!]
  const cells = sensors.map(
    (name, i) => `${joined[options.duplicateTimes]} filter (where s = ${sqlText(String(name))}) as v${i}`,
  )
  const aliases = [
    'c0',
    ...(device === undefined ? [] : ['c1']),
    ...sensors.map((_, i) => `c${i + 1 + wide.length}`),
  ]
  const order = time.kind === 'text' ? 'min(n)' : 't'
  const instant = { iso: 'make_timestamptz((t * 1000)::bigint)', wall: 'make_timestamp((t * 1000)::bigint)' }
  const timeCell = time.kind === 'iso' || time.kind === 'wall' ? instant[time.kind] : 't'
  const picked = [timeCell, ...(device === undefined ? [] : ['d']), ...cells].join(', ')
  const from = `(select ${picked} from ${base} group by t, d order by ${order}, d) as wide(${aliases.join()})`
  const timeKind = { text: 'text', number: 'number', iso: 'time', wall: 'wall' } as const
  return {
    file,
    sizeBytes: relation.sizeBytes,
    names: [names[time.column]!, ...wide, ...sensors.map(String)],
    firstRow: relation.firstRow && [relation.firstRow[time.column]!, ...wide, ...sensors.map(() => '0')],
    deviceColumn: columns.device,
    expectedRows: Math.ceil(relation.expectedRows / sensors.length),
    isExact: false,
    kinds: [timeKind[time.kind], ...wide.map(() => 'text' as const), ...sensors.map(() => 'number' as const)],
    from: () => from,
  }
}

const JOINED: Record<DuplicatePolicy, string> = {
  keep: 'the last one counts',
  last: 'the last one counts',
  first: 'the first one counts',
  mean: 'their mean counts',
  error: '',
}
