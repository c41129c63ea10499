import { createError } from '../core/errors.js'
import { addChange, type VersionChange } from './history.js'
import { aliasTarget, ledgerOf, rollbackTarget } from './ledger.js'
import { checkAliasName, type Reference } from './names.js'
import { checkModel, type Registry, unknown } from './registry.js'
import { checkNotDeleted, findVersion } from './resolve.js'
import { checkContent } from './versions.js'

type ChangeOf<Action extends VersionChange['action']> = Extract<VersionChange, { action: Action }>

/**
 * Makes an alias name a version, after checking that its model is the one that was added. An alias that names it already stays, without a record.
 *
 * Errors: `model-name-invalid`, `model-unknown`, `artefact-damaged`, `file-unwritable`.
 */
export async function promote(
  registry: Registry,
  reference: Reference,
  alias: string,
  why: string,
): Promise<ChangeOf<'promote'>> {
  checkAliasName(alias)
  const { version, ledger } = await findVersion(registry, reference)
  await checkContent(registry, version)
  const to = version.number
  if (aliasTarget(ledger, alias) === to) return { action: 'promote', alias, from: to, to }
  return addChange(registry, version.name, why, history => {
    const from = aliasTarget(checkNotDeleted(registry, version, history), alias) ?? null
    return { action: 'promote', alias, from, to }
  })
}

/**
 * Makes an alias name the version that it named before, and that still exists. A second rollback goes one further back.
 *
 * Errors: `model-unknown`, `rollback-impossible`, `file-unwritable`.
 */
export async function rollback(
  registry: Registry,
  name: string,
  alias: string,
  why: string,
): Promise<ChangeOf<'rollback'>> {
  await checkModel(registry, name)
  return addChange(registry, name, why, history => {
    const ledger = ledgerOf(history)
    const from = aliasTarget(ledger, alias)
    if (from === undefined) throw unknownAlias(registry, name, alias, ledger.aliases)
    const to = rollbackTarget(ledger, alias)
    if (to === undefined)
      throw createError('rollback-impossible', {
        model: name,
        alias,
        version: from,
        registry: registry.folder,
      })
    return { action: 'rollback', alias, from, to }
  })
}

/** Removes an alias; its versions stay. Errors: `model-unknown`, `file-unwritable`. */
export async function removeAlias(
  registry: Registry,
  name: string,
  alias: string,
  why: string,
): Promise<ChangeOf<'unalias'>> {
  await checkModel(registry, name)
  return addChange(registry, name, why, history => {
    const { aliases } = ledgerOf(history)
    const from = aliases.get(alias)?.at(-1)
    if (from === undefined) throw unknownAlias(registry, name, alias, aliases)
    return { action: 'unalias', alias, from }
  })
}

function unknownAlias(
  registry: Registry,
  name: string,
  alias: string,
  aliases: ReadonlyMap<string, unknown>,
) {
  const known = [...aliases.keys()].map(one => `${name}@${one}`)
  const none = `${name} has no alias: \`telltale models promote ${name}@NUMBER --alias ${alias}\` with --registry gives it one`
  return unknown(registry, `${name}@${alias}`, known, none)
}
