import type { DerivedChannel } from '../../align/index.js'
import { createError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import { similarName } from '../../core/nearest.js'
import type { Relation } from '../tables/relation.js'
import type { AskedRole } from './column-role.js'
import type { TimeOptions } from './time-role.js'

/** What the user says of the columns. */
export interface RoleOptions extends TimeOptions {
  /** Column that holds the time, or two with a comma between for date and time of day. Default: found by its name or its content; a table without one is numbered. */
  readonly timeColumn?: string
  /** Column that holds the labels, 0 or 1. Default: found by its name when all of its values are labels. */
  readonly labelColumn?: string
  /** Column whose values identify the device. */
  readonly deviceColumn?: string
  /** Columns to take as channels, in this order. Default: all that are nothing else. */
  readonly channels?: readonly string[]
  /** Columns to leave out. */
  readonly ignoreColumns?: readonly string[]
  /** What columns are, by name, where their name and values do not say it rightly. */
  readonly roles?: Readonly<Record<string, AskedRole>>
  /** Channels the table must have; the frame gets them in this order, and columns beside them are left out. */
  readonly expectChannels?: readonly string[]
  /** Channels that are computed, exactly these: as a former reading found them. Default: found from names and values. */
  readonly derived?: readonly DerivedChannel[]
}

/** Position of a column. Errors: `data-column-missing`. */
export function positionOf({ file, names }: Pick<Relation, 'file' | 'names'>, column: string): number {
  const at = names.indexOf(column)
  if (at >= 0) return at
  throw createError('data-column-missing', {
    file,
    column,
    got: listNames(names),
    nearest: nearestOf(column, names),
  })
}

/** A name that was cut at its comma is the one that was meant. */
function nearestOf(column: string, names: readonly string[]): string {
  const cut = names.find(name => name.startsWith(`${column},`))
  return cut === undefined ? similarName(column, names) : `'"${cut}"', with double quotes for its comma`
}
