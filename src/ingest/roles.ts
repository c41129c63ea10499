import { stateText } from '../align/index.js'
import { createError, TelltaleError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import type { Engine } from '../engine/index.js'
import { assignRoles, type Roles } from './columns/columns.js'
import { MOST_VALUES, profileColumn } from './columns/profile.js'
import type { RoleOptions } from './columns/role-options.js'
import { holdsLabels } from './rows/scan.js'
import type { ScanContext } from './rows/scan-context.js'
import { isMissingText } from './tables/cell.js'
import { type Relation, textSql } from './tables/relation.js'

/** The roles of the first file; a guessed label that holds other values is no label. */
export async function firstRoles(
  table: Pick<ScanContext, 'engine' | 'relation'>,
  options: RoleOptions,
): Promise<Roles> {
  const { relation } = table
  const given = ofRelation(relation, options)
  const guessed = assignRoles(relation, given, true)
  const keepsLabel = guessed.label?.found !== 'guessed' || (await holdsLabels({ ...table, roles: guessed }))
  const roles = keepsLabel ? guessed : assignRoles(relation, given, false)
  const texts = await textsOfStates(table, roles, given)
  return texts.size === 0 ? roles : assignRoles(relation, given, keepsLabel, texts)
}

/** Fewer rows than this do not make a state: a text may be mistyped. */
const FEWEST_ROWS = 3

/**
 * The texts that columns of states have in all rows, those of the sample first: a machine may be in one state for longer than the sample. A column with one text in the sample may be such a column, too.
 * Cost: a scan for each of these columns, where the sample is not all of the table and no model says what is known.
 */
async function textsOfStates(
  { engine, relation }: Pick<ScanContext, 'engine' | 'relation'>,
  { columns }: Roles,
  { expectChannels, derived }: RoleOptions,
): Promise<Map<number, readonly string[]>> {
  const texts = new Map<number, readonly string[]>()
  const { sample, expectedRows, isExact, decimal } = relation
  if (expectChannels !== undefined || derived !== undefined) return texts
  if (isExact && expectedRows <= sample.length) return texts
  for (const [i, { name, role }] of columns.entries()) {
    if (role !== 'state' && role !== 'text') continue
    const { values, numbers } = profileColumn(
      sample.map(row => row[i] ?? ''),
      decimal,
    )
    if (role === 'text' && (values.length !== 1 || numbers > 0)) continue
    const known = new Set(values.map(stateText))
    const others = (await textsOf(engine, relation, i)).filter(
      text => !known.has(stateText(text)) && !isMissingText(text, true) && text !== name,
    )
    if (others.length > 0) texts.set(i, [...values, ...others.sort()].slice(0, MOST_VALUES))
  }
  return texts
}

/** Texts of a column that several rows have, the commonest first; none where the rows cannot all be read: then reading says why. */
async function textsOf(engine: Engine, relation: Relation, i: number): Promise<string[]> {
  try {
    const rows = await engine.rows(
      `select trim(${textSql(relation, i)}) as text from ${relation.from(new Map())} where c${i} is not null
        group by text having count(*) >= ${FEWEST_ROWS} order by count(*) desc, text limit ${MOST_VALUES + 1}`,
    )
    return rows.map(({ text }) => String(text))
  } catch {
    return []
  }
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
