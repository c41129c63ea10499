import { createError } from '../../core/errors.js'
import { nearestName } from '../../core/nearest.js'
import { isNumber, isTimeText } from '../tables/header.js'
import type { Relation } from '../tables/relation.js'
import { createTimeParser, parseIsoTime, type TimeParser } from './time-text.js'

const TIME_NAMES = ['time', 'timestamp', 'datetime', 'date', 'ts', '_time']
const LABEL_NAMES = ['label', 'labels', 'anomaly', 'is_anomaly', 'outlier']

/** How times are stored: `iso` is read by the engine, `wall` too but lacks a zone, `text` is read by `parse`. */
export interface TimeRole {
  readonly column: number
  readonly kind: 'iso' | 'wall' | 'number' | 'text'
  /** Reads one cell; absent for numbers. */
  readonly parse?: TimeParser
}

/** What each column of a table is for; numbers are column positions. */
export interface Roles {
  readonly time?: TimeRole
  readonly label?: { readonly column: number; readonly found: 'named' | 'guessed' }
  /** Column whose values tell the devices apart. */
  readonly device?: number
  /** In the order in which the frame gets them. */
  readonly channels: readonly number[]
}

export interface RoleOptions {
  /** Column that holds the time. Default: found by its name or its content; a table without one is numbered. */
  readonly timeColumn?: string
  /** Format of strptime for times that are not ISO 8601, such as `%d.%m.%Y %H:%M`. */
  readonly timeFormat?: string
  /** Time zone of times that name none. Default: UTC. */
  readonly timeZone?: string
  /** Column that holds the labels, 0 or 1. Default: found by its name when all of its values are labels. */
  readonly labelColumn?: string
  /** Column whose values tell the devices apart. */
  readonly deviceColumn?: string
  /** Columns to take as channels, in this order. Default: all that are nothing else. */
  readonly channels?: readonly string[]
  /** Columns to leave out. */
  readonly ignoreColumns?: readonly string[]
  /** Channels the table must have, no more and no fewer; the frame gets them in this order. */
  readonly expectChannels?: readonly string[]
}

/**
 * Decides which column is time, which is the label and which are channels. With `guessLabel` a column that is named like
 * a label becomes one; the caller asks again without it when its values turn out to be no labels.
 * Errors: `data-column-missing`, `data-no-channels`, `data-channels-differ`, `option-invalid`.
 */
export function assignRoles(relation: Relation, options: RoleOptions, guessLabel: boolean): Roles {
  const { file, names } = relation
  const position = (column: string): number => {
    const at = names.indexOf(column)
    if (at < 0)
      throw createError('data-column-missing', {
        file,
        column,
        got: listNames(names),
        nearest: nearestName(column, names),
      })
    return at
  }
  const optional = (column: string | undefined) => (column === undefined ? -1 : position(column))
  const ignored = new Set((options.ignoreColumns ?? []).map(position))
  const chosen = options.channels?.map(position)
  const namedLabel = optional(options.labelColumn)
  const device = optional(options.deviceColumn)
  const taken = [...ignored, ...(chosen ?? []), namedLabel, device]
  const timeColumn =
    options.timeColumn === undefined ? findTime(relation, taken, options) : position(options.timeColumn)
  const expected = options.expectChannels
  const guessed =
    namedLabel < 0 && guessLabel
      ? names.findIndex(
          (name, i) =>
            LABEL_NAMES.includes(name.toLowerCase()) &&
            i !== timeColumn &&
            !taken.includes(i) &&
            !expected?.includes(name),
        )
      : -1
  const label = namedLabel >= 0 ? namedLabel : guessed
  const special = [timeColumn, label, device]
  const free = (chosen ?? [...names.keys()]).filter(i => !special.includes(i) && !ignored.has(i))
  if (free.length === 0 && !expected) {
    throw createError('data-no-channels', { file, reason: 'no column is left besides time and label' })
  }
  return {
    time: timeColumn < 0 ? undefined : timeRole(relation, timeColumn, options),
    label: label < 0 ? undefined : { column: label, found: namedLabel >= 0 ? 'named' : 'guessed' },
    device: device < 0 ? undefined : device,
    channels: expected ? matchChannels(expected, free, names) : free,
  }
}

function timeRole({ kinds, firstRow, header }: Relation, column: number, options: RoleOptions): TimeRole {
  const kind = kinds[column]!
  if (kind === 'number') return { column, kind }
  if (kind === 'time') return { column, kind: 'iso', parse: parseIsoTime }
  const hasZone = options.timeZone !== undefined && options.timeZone !== 'UTC'
  if (kind === 'wall') return { column, kind: hasZone ? 'wall' : 'iso', parse: parseIsoTime }
  if (options.timeFormat !== undefined) {
    return { column, kind: 'text', parse: createTimeParser(options.timeFormat) }
  }
  if (isNumber(firstRow?.[column] ?? '', header?.decimal)) return { column, kind: 'number' }
  return { column, kind: hasZone ? 'text' : 'iso', parse: parseIsoTime }
}

/** A column with a name for time, first those whose first cell can be read as one; else the first that holds times. */
function findTime(
  { names, firstRow, header }: Relation,
  taken: readonly number[],
  options: RoleOptions,
): number {
  const parse = options.timeFormat === undefined ? undefined : createTimeParser(options.timeFormat)
  const free = [...names.keys()].filter(i => !taken.includes(i))
  const named = free.filter(i => TIME_NAMES.includes(names[i]!.toLowerCase()))
  const cell = (i: number) => firstRow?.[i] ?? ''
  const isTime = (i: number) => isTimeText(cell(i)) || parse?.(cell(i)) !== undefined
  return (
    named.find(i => isTime(i) || isNumber(cell(i), header?.decimal)) ?? named[0] ?? free.find(isTime) ?? -1
  )
}

function matchChannels(expected: readonly string[], free: readonly number[], names: readonly string[]) {
  const byName = new Map(free.map(i => [names[i]!, i]))
  const missing = expected.filter(name => !byName.has(name))
  const extra = [...byName.keys()].filter(name => !expected.includes(name))
  if (missing.length > 0 || extra.length > 0) {
    throw createError('data-channels-differ', { missing: listNames(missing), extra: listNames(extra) })
  }
  return expected.map(name => byName.get(name)!)
}

/** Names for a message, the first twenty of them. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length <= 20
    ? names.join(', ')
    : `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
}
