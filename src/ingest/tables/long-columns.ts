import { createError } from '../../core/errors.js'
import { columnRole, DEVICE_NAMES } from '../columns/column-role.js'
import { profileColumn, wordsOf } from '../columns/profile.js'
import type { RoleOptions } from '../columns/role-options.js'
import { isMissingText } from './cell.js'
import type { Relation } from './relation.js'
import { areUnits } from './unit-text.js'

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
    'measured value',
  ],
])

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
  const find = (known: ReadonlySet<string>) => names.find(name => known.has(wordsOf(name).join(' ')))
  if (sensorColumn !== undefined || valueColumn !== undefined) {
    const sensor = sensorColumn ?? find(SENSOR_NAMES)
    const value = valueColumn ?? find(VALUE_NAMES)
    if (sensor === undefined) throw createError('option-missing', { name: '--sensor-column' })
    if (value === undefined) throw createError('option-missing', { name: '--value-column' })
    return { sensor, value, ...(deviceColumn !== undefined && { device: deviceColumn }) }
  }
  if (given.channels !== undefined || given.roles !== undefined) return undefined
  const sensor = find(SENSOR_NAMES)
  const value = names.find(name => name !== sensor && VALUE_NAMES.has(wordsOf(name).join(' ')))
  if (sensor === undefined || value === undefined || !namesSensors(cells(sensor), sensor)) return undefined
  const isDevice = (name: string) =>
    (DEVICE_NAMES.has(wordsOf(name).join(' ')) || name.toLowerCase() === 'entity') &&
    !areUnits(cells(name).filter(cell => !isMissingText(cell, true)))
  const device = deviceColumn ?? names.find(name => isDevice(name) && name !== sensor && name !== value)
  // What a database adds beside the reading.
  const rest = names.filter(name => ![sensor, value, device, 'result', 'table'].includes(name))
  const isSensor = (name: string) => {
    const profile = profileColumn(cells(name), relation.header?.decimal)
    const { role } = columnRole(name, profile)
    return (
      (role === 'channel' || role === 'counter' || role === 'angle') &&
      profile.numbers > 0 &&
      profile.values.length > 1 &&
      !isTimeLike(name, profile.times)
    )
  }
  return rest.filter(isSensor).length <= 0 || rest.length === 1
    ? { sensor, value, ...(device !== undefined && { device }) }
    : undefined
}

function isTimeLike(name: string, times: number): boolean {
  return times > 0 || /time|date|stamp|ts$|^t$|zeit|datum/i.test(name)
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
