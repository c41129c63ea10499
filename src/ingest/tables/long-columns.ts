import { createError } from '../../core/errors.js'
import { type AskedRole, columnRole, DEVICE_NAMES } from '../columns/column-role.js'
import { profileColumn, wordsOf } from '../columns/profile.js'
import type { RoleOptions } from '../columns/role-options.js'
import { isMissingText } from './cell.js'
import type { Relation } from './relation.js'
import { holdsUnits, mayHoldUnits } from './unit-column.js'

const SENSOR_NAMES = new Set([
  ...[
    'sensor',
    'sensor id',
    'sensorid',
    'sensor name',
    'channel',
    'channel name',
    'tag',
    'tag id',
    'tagid',
    'tag name',
    'tagname',
    'variable',
    'variable name',
  ],
  ...[
    'metric',
    'metric name',
    'signal',
    'signal name',
    'varname',
    'var name',
    'entity id',
    'field',
    'parameter',
    'param',
    'point',
    'point name',
    'pointname',
  ],
  ...[
    'name',
    'key',
    'series',
    'attribute',
    'measure name',
    'measurement name',
    'item',
    'topic',
    'property',
    'messstelle',
    'sensor type',
    'point id',
    'sensor no',
    'sensor number',
    'channel id',
    'signal id',
    'metric id',
    'variable id',
    'parameter id',
    'parameter name',
    'kks',
    'kanal',
    'signalname',
    'datenpunkt',
    'item id',
    'element name',
    'element',
    'data point',
    'datapoint',
    'tag no',
    'tag index',
    'tagindex',
    'tag path',
    'tagpath',
    // SenML
    'n',
  ],
])
const VALUE_NAMES = new Set([
  ...[
    'value',
    'values',
    'reading',
    'val',
    'varvalue',
    'var value',
    'state',
    'float value',
    'numeric value',
    'measure value',
    'messwert',
    'wert',
  ],
  ...[
    'measurement',
    'measurements',
    'readings',
    'sensor value',
    'sensorvalue',
    'wert num',
    'valor',
    'valeur',
  ],
  ...[
    'measure value double',
    'payload',
    'v',
    'double value',
    'floatvalue',
    'doublevalue',
    'numvalue',
    'tag value',
    'point value',
    'value num',
    'value number',
    'num value',
    'value double',
    'value float',
    'value numeric',
    'float val',
    'value f',
    'measured value',
  ],
])

/** Columns that a database adds beside the reading. */
export const ADDED: ReadonlySet<string> = new Set([
  'result',
  'table',
  'itemid',
  'hostid',
  'objectid',
  'ns',
  'Millitm',
])

/** Whether a column is called as one that names sensors. */
export const isSensorName = (name: string): boolean => SENSOR_NAMES.has(wordsOf(name).join(' '))

/** Whether a column is called as one of readings. */
export const isValueName = (name: string): boolean => VALUE_NAMES.has(wordsOf(name).join(' '))

/** The columns of a table with one row per reading. */
export interface LongColumns extends RoleOptions {
  /** Column that names the channel of each reading. */
  readonly sensorColumn: string
  /** Column that holds the readings. */
  readonly valueColumn: string
}

export interface FoundColumns {
  readonly sensor: string
  readonly value: string
  readonly device?: string
}

/**
 * The sensor and value column of a long table: as given, or found by their names when the sensor column repeats its names and what stands
 * beside is no sensor. Undefined for a wide table. Errors: `option-missing`.
 */
export function longColumns(relation: Relation, given: Partial<LongColumns>): FoundColumns | undefined {
  const { names, sample } = relation
  const { sensorColumn, valueColumn, deviceColumn } = given
  const cells = (name: string) => sample.map(row => row[names.indexOf(name)] ?? '')
  const find = (known: ReadonlySet<string>) => {
    const found = names.filter(name => known.has(wordsOf(name).join(' ')))
    return found.find(name => new Set(cells(name)).size > 1) ?? found[0]
  }
  const asked = (role: AskedRole) => names.filter(name => given.roles?.[name] === role)
  const ignored = [...(given.ignoreColumns ?? []), ...asked('ignore')]
  if (sensorColumn !== undefined || valueColumn !== undefined) {
    const sensor = sensorColumn ?? find(SENSOR_NAMES)
    const value = valueColumn ?? find(VALUE_NAMES)
    if (sensor === undefined) throw createError('option-missing', { name: '--sensor-column' })
    if (value === undefined) throw createError('option-missing', { name: '--value-column' })
    const device = deviceColumn ?? asked('device')[0]
    return { sensor, value, ...(device !== undefined && { device }) }
  }
  if (isOfColumns(names, given)) return undefined
  const sensor = find(SENSOR_NAMES) ?? names.find(name => areNodes(name, cells(name)))
  const value = names.find(name => name !== sensor && VALUE_NAMES.has(wordsOf(name).join(' ')))
  if (sensor === undefined || value === undefined || !namesSensors(cells(sensor), sensor)) return undefined
  const isDevice = (name: string) =>
    !ignored.includes(name) &&
    (DEVICE_NAMES.has(wordsOf(name).join(' ')) || name.toLowerCase() === 'entity') &&
    !areUnitsOf(cells(sensor), name, cells(name))
  const device =
    deviceColumn ??
    asked('device')[0] ??
    names.find(name => isDevice(name) && name !== sensor && name !== value)
  const rest = names.filter(name => ![sensor, value, device, ...ignored].includes(name) && !ADDED.has(name))
  const isShared = sharesTimes(relation, sensor)
  const isSensor = (name: string) => {
    const profile = profileColumn(cells(name), relation.decimal)
    const { role } = columnRole(name, profile)
    return (
      (role === 'channel' || role === 'counter' || role === 'angle') &&
      profile.numbers > 0 &&
      profile.values.length > 1 &&
      !(profile.isInteger && isShared) &&
      !isTimeLike(name, profile.times)
    )
  }
  return rest.filter(isSensor).length <= 0 || rest.length === 1
    ? { sensor, value, ...(device !== undefined && { device }) }
    : undefined
}

/** Whether a column holds the units of the sensors: its texts are units, or each sensor has one of its own. */
function areUnitsOf(sensors: readonly string[], name: string, cells: readonly string[]): boolean {
  const filled = [...cells.keys()].filter(i => !isMissingText(cells[i]!, true))
  const units = filled.map(i => cells[i]!)
  const pairs = new Set(filled.map(i => JSON.stringify([sensors[i], cells[i]])))
  const isOnePerSensor = pairs.size > 1 && pairs.size === new Set(filled.map(i => sensors[i])).size
  return holdsUnits(name, units) || (isOnePerSensor && mayHoldUnits(name, units))
}

/** Whether channels and roles that were asked for are those of the columns of the file, which is then a wide table; else they are those of sensors. */
function isOfColumns(names: readonly string[], { channels = [], roles = {} }: Partial<LongColumns>): boolean {
  const isOfTable = (role: AskedRole) => role === 'device' || role === 'ignore'
  const own = Object.entries(roles).flatMap(([name, role]) => (isOfTable(role) ? [] : [name]))
  return [...channels, ...own].some(name => names.includes(name))
}

/** Whether rows that follow on one another often have the same time and different sensors: whole numbers beside them, such as codes, are no channels then. */
function sharesTimes({ names, sample, decimal }: Relation, sensor: string): boolean {
  const cells = (i: number) => sample.map(row => row[i] ?? '')
  const times = [...names.keys()].filter(i => isTimeLike(names[i]!, profileColumn(cells(i), decimal).times))
  const own = names.indexOf(sensor)
  const shared = sample.filter((row, at) => {
    const before = sample[at - 1]
    return before !== undefined && row[own] !== before[own] && times.every(i => row[i] === before[i])
  })
  return times.length > 0 && shared.length * 3 >= sample.length
}

function isTimeLike(name: string, times: number): boolean {
  return times > 0 || /time|date|stamp|ts$|^t$|zeit|datum/i.test(name)
}

/** Whether a column holds ids of nodes of OPC UA, such as `ns=2;s=Temp`. */
function areNodes(name: string, cells: readonly string[]): boolean {
  const filled = cells.filter(cell => cell.trim() !== '')
  return (
    wordsOf(name).join(' ') === 'node id' &&
    filled.length > 0 &&
    filled.every(cell => /(?:^|[;#])\s*[isgb]=/.test(cell))
  )
}

/** Names or ids that come again; numbers only where the column is called a sensor or tag. */
function namesSensors(cells: readonly string[], name: string): boolean {
  const filled = cells.filter(cell => !isMissingText(cell, true))
  const different = new Set(filled)
  const isText = filled.some(cell => Number.isNaN(Number(cell)))
  if (!isText)
    return (
      /sensor|tag|signal|channel|point|variable|param|metric|kks|kanal/i.test(name) &&
      different.size > 1 &&
      different.size * 3 <= filled.length * 2
    )
  return filled.length > 0
}
