import { createError } from '../core/errors.js'
import { type HistoryEntry, readHistory } from './history.js'
import { aliasTarget, type Ledger, ledgerOf } from './ledger.js'
import { LATEST, parseReference, type Reference } from './names.js'
import { checkModel, modelFolder, type Registry, unknown } from './registry.js'
import { checkContent, readVersion, readVersions, type Version, versionPath } from './versions.js'

/**
 * Where a model is: a path as it is, or the version that `NAME@VERSION` or `NAME@ALIAS` names in a registry, after checking that it is the model that was added.
 *
 * Errors: `registry-needed` without a registry, `model-unknown` with the nearest name, `artefact-damaged`, `artefact-version`.
 *
 * @param path of a text that is no reference
 */
export async function resolveModel(
  text: string,
  registry: Registry | undefined,
  path: string = text,
): Promise<string> {
  const reference = parseReference(text)
  if (reference === undefined) return path
  if (registry === undefined) throw createError('registry-needed', { name: text })
  const { version } = await findVersion(registry, reference)
  await checkContent(registry, version)
  return versionPath(registry, version)
}

/** A version that exists, with what the history says. */
export interface FoundVersion {
  readonly version: Version
  readonly ledger: Ledger
}

/** The version that a reference names. Errors: `model-unknown` with the nearest name, `artefact-damaged`, `artefact-version`. */
export async function findVersion(registry: Registry, { name, version }: Reference): Promise<FoundVersion> {
  await checkModel(registry, name)
  const ledger = ledgerOf(await readHistory(registry, name))
  const number = typeof version === 'number' ? version : aliasTarget(ledger, version)
  if (number !== undefined) {
    const found = await readVersion(registry, name, number).catch(error => {
      if (error.cause?.code === 'file-not-found') return undefined
      throw error
    })
    if (found !== undefined && !ledger.deleted.has(number)) return { version: found, ledger }
    if (typeof version === 'string' && !ledger.deleted.has(number))
      throw createError('artefact-damaged', {
        path: modelFolder(registry, name),
        file: `versions/${number}`,
        reason: `it is missing, and ${name}@${version} names it`,
      })
  }
  const versions = await liveVersions(registry, name, ledger)
  const newest = versions.at(-1)
  if (version === LATEST && newest !== undefined) return { version: newest, ledger }
  const known = [
    ...ledger.aliases.keys(),
    ...versions.toReversed().map(({ number }) => String(number)),
    LATEST,
  ]
  throw unknown(
    registry,
    `${name}@${version}`,
    versions.length === 0 ? [] : known.map(one => `${name}@${one}`),
    `${name} has no version: \`telltale train\` with --registry and --out ${name} adds one`,
  )
}

/** The versions of a model that are not deleted, ascending. Errors: `artefact-damaged`, `artefact-version`. */
export async function liveVersions(
  registry: Registry,
  name: string,
  { deleted }: Pick<Ledger, 'deleted'>,
): Promise<Version[]> {
  return (await readVersions(registry, name)).filter(({ number }) => !deleted.has(number))
}

/** Errors: `model-unknown`, for a change of a version that was deleted meanwhile. */
export function checkNotDeleted(
  registry: Registry,
  { name, number }: Version,
  history: readonly HistoryEntry[],
): Ledger {
  const ledger = ledgerOf(history)
  if (ledger.deleted.has(number))
    throw unknown(registry, `${name}@${number}`, [], 'It was deleted: name another version')
  return ledger
}
