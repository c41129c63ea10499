import { createError, TelltaleError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import { assignRoles, type Roles } from './columns/columns.js'
import type { RoleOptions } from './columns/role-options.js'
import { holdsLabels } from './rows/scan.js'
import type { ScanContext } from './rows/scan-context.js'
import type { Relation } from './tables/relation.js'

/** The roles of the first file; a guessed label that holds other values is no label. */
export async function firstRoles(
  table: Pick<ScanContext, 'engine' | 'relation'>,
  options: RoleOptions,
): Promise<Roles> {
  const { relation } = table
  const given = ofRelation(relation, options)
  const roles = assignRoles(relation, given, true)
  const isGuess = roles.label?.found === 'guessed'
  return !isGuess || (await holdsLabels({ ...table, roles })) ? roles : assignRoles(relation, given, false)
}

/** What is said of the columns of a table; of a long one, what is said of its sensors: what is said of the columns of its file has been used. */
function ofRelation({ names, readings, deviceColumn }: Relation, options: RoleOptions): RoleOptions {
  const own = { ...options, deviceColumn: options.deviceColumn ?? deviceColumn }
  if (readings === undefined) return own
  const isUsed = (name: string) => !names.includes(name) && readings.relation.names.includes(name)
  const roles = Object.entries(options.roles ?? {}).filter(([name]) => !isUsed(name))
  return {
    ...own,
    ignoreColumns: options.ignoreColumns?.filter(name => !isUsed(name)),
    roles: Object.fromEntries(roles),
  }
}

/** The roles of a further file: its columns must be those of the first, in any order. */
export function rolesLike(first: ScanContext, relation: Relation, options: RoleOptions): Roles {
  const nameOf = (column: number | undefined) =>
    column === undefined ? undefined : first.relation.names[column]
  const { time, label, device, names, sources } = first.roles
  try {
    const alike = {
      ...ofRelation(relation, options),
      timeColumn: time?.columns.map(nameOf).join() ?? 'none',
      labelColumn: nameOf(label?.column),
      deviceColumn: nameOf(device),
      roles: undefined,
      channels: undefined,
      expectChannels: names,
      derived: sources?.flatMap(({ derived }) => derived ?? []) ?? [],
    }
    const roles = assignRoles(relation, alike, false)
    const known = new Set(first.relation.names)
    const extra = roles.unknown.filter(name => !known.has(name))
    if (extra.length > 0 && options.channels === undefined)
      throw createError('data-files-differ', {
        file: relation.file,
        first: first.relation.file,
        reason: `it also has ${listNames(extra)}`,
      })
    return roles
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.code === 'data-files-differ') throw error
    const { file } = relation
    const { difference } = error.where
    const reason =
      difference === undefined
        ? error.message
        : `it has no column ${/^missing ([^;]*)/.exec(String(difference))?.[1]}`
    throw createError('data-files-differ', { file, first: first.relation.file, reason }, error)
  }
}
