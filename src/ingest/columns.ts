import { createError } from '../core/errors.js'
import { type Header, isNumber, isTimeText } from './header.js'

const TIME_NAMES = ['time', 'timestamp', 'datetime', 'date', 'ts', '_time']
const LABEL_NAMES = ['label', 'labels', 'anomaly', 'is_anomaly', 'outlier']

/** What each column of a table is for; numbers are column positions. */
export interface Roles {
  readonly time?: { readonly column: number; readonly kind: 'text' | 'number' }
  readonly label?: { readonly column: number; readonly found: 'named' | 'guessed' }
  /** In the order in which the frame gets them. */
  readonly channels: readonly number[]
}

export interface RoleOptions {
  readonly timeColumn?: string
  readonly labelColumn?: string
  readonly ignoreColumns?: readonly string[]
  readonly expectChannels?: readonly string[]
}

/**
 * Decides which column is time, which is the label and which are channels. With `guessLabel` a column that is named like
 * a label becomes one; the caller asks again without it when its values turn out to be no labels.
 * Errors: `data-column-missing`, `data-no-channels`, `data-channels-differ`.
 */
export function assignRoles(header: Header, options: RoleOptions, guessLabel: boolean): Roles {
  const { file, names } = header
  const position = (column: string): number => {
    const at = names.indexOf(column)
    if (at < 0) throw createError('data-column-missing', { file, column, got: listNames(names) })
    return at
  }
  const ignored = new Set((options.ignoreColumns ?? []).map(position))
  const namedLabel = options.labelColumn === undefined ? -1 : position(options.labelColumn)
  const timeColumn =
    options.timeColumn === undefined
      ? findTime(header, [...ignored, namedLabel])
      : position(options.timeColumn)
  const expected = options.expectChannels
  const guessed =
    namedLabel < 0 && guessLabel
      ? names.findIndex(
          (name, i) =>
            LABEL_NAMES.includes(name.toLowerCase()) &&
            i !== timeColumn &&
            !ignored.has(i) &&
            !expected?.includes(name),
        )
      : -1
  const label = namedLabel >= 0 ? namedLabel : guessed
  const free = [...names.keys()].filter(i => i !== timeColumn && i !== label && !ignored.has(i))
  if (free.length === 0 && !expected) {
    throw createError('data-no-channels', { file, reason: 'no column is left besides time and label' })
  }
  return {
    time:
      timeColumn < 0
        ? undefined
        : { column: timeColumn, kind: isNumber(header.firstRow?.[timeColumn] ?? '') ? 'number' : 'text' },
    label: label < 0 ? undefined : { column: label, found: namedLabel >= 0 ? 'named' : 'guessed' },
    channels: expected ? matchChannels(expected, free, names) : free,
  }
}

/** A column with a name for time, first those whose first cell can be read as one; else the first that holds ISO times. */
function findTime({ names, firstRow }: Header, taken: readonly number[]): number {
  const free = [...names.keys()].filter(i => !taken.includes(i))
  const named = free.filter(i => TIME_NAMES.includes(names[i]!.toLowerCase()))
  const cell = (i: number) => firstRow?.[i] ?? ''
  return (
    named.find(i => isTimeText(cell(i)) || isNumber(cell(i))) ??
    named[0] ??
    free.find(i => isTimeText(cell(i))) ??
    -1
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

function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length <= 20
    ? names.join(', ')
    : `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`
}
