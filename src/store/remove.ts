import { rm } from 'node:fs/promises'
import { createError, TelltaleError } from '../core/errors.js'
import { writeError } from '../files/index.js'
import { addChange, readHistory } from './history.js'
import { type Ledger, ledgerOf, neededBy } from './ledger.js'
import type { Reference } from './names.js'
import { checkModel, type Registry } from './registry.js'
import { checkNotDeleted, findVersion, liveVersions } from './resolve.js'
import { signaturePath } from './signature.js'
import { type Version, versionPath } from './versions.js'

/**
 * Deletes the model of a version; what it was stays in the record, and its number is not given again.
 *
 * Errors: `version-needed` when an alias or a rollback needs it, `model-unknown`, `artefact-damaged`, `file-unwritable`.
 */
export async function deleteVersion(registry: Registry, reference: Reference, why: string): Promise<Version> {
  const { version } = await findVersion(registry, reference)
  const { name, number } = version
  const { deleted } = await removeDeleted(registry, name)
  if (deleted.has(number)) return version
  await addChange(registry, name, why, history => {
    checkNotNeeded(registry, version, checkNotDeleted(registry, version, history))
    return { action: 'delete', version: number }
  })
  await removeContent(registry, version)
  return version
}

/** Errors: `version-needed` when an alias or a rollback needs the version. */
export function checkNotNeeded({ folder }: Registry, { name, number }: Version, ledger: Ledger): void {
  const need = neededBy(ledger, number)
  if (need !== undefined)
    throw createError('version-needed', { model: name, version: number, ...need, registry: folder })
}

/** What a pruning removes and keeps. */
export interface PrunePlan {
  readonly remove: readonly Version[]
  readonly keep: readonly { readonly version: Version; readonly reason: string }[]
}

/**
 * The versions that a pruning would remove: all but the newest `keep` and those that an alias or a rollback needs.
 *
 * Errors: `model-unknown`, `artefact-damaged`, `artefact-version`.
 */
export async function planPrune(registry: Registry, name: string, keep: number): Promise<PrunePlan> {
  await checkModel(registry, name)
  const ledger = ledgerOf(await readHistory(registry, name))
  const versions = await liveVersions(registry, name, ledger)
  const newest = new Set(versions.slice(Math.max(0, versions.length - keep)))
  const decided = versions.map(version => ({
    version,
    reason:
      neededBy(ledger, version.number)?.reason ??
      (newest.has(version) ? `one of the newest ${keep}` : undefined),
  }))
  return {
    remove: decided.filter(({ reason }) => reason === undefined).map(({ version }) => version),
    keep: decided.flatMap(({ version, reason }) => (reason === undefined ? [] : [{ version, reason }])),
  }
}

/** Deletes a version that a plan removes, and says what came of it: another writer may have removed or promoted it since. Errors: `artefact-damaged`, `file-unwritable`. */
export async function pruneVersion(
  registry: Registry,
  { name, number }: Version,
  why: string,
): Promise<string> {
  try {
    await deleteVersion(registry, { name, version: number }, why)
    return 'removed'
  } catch (error) {
    if (error instanceof TelltaleError && error.code === 'model-unknown') return 'already removed'
    if (error instanceof TelltaleError && error.code === 'version-needed')
      return `kept: ${error.where.reason}`
    throw error
  }
}

/** Finishes deletions that were interrupted between the record and the files. */
export async function removeDeleted(registry: Registry, name: string): Promise<Ledger> {
  const ledger = ledgerOf(await readHistory(registry, name))
  for (const number of ledger.deleted) await removeContent(registry, { name, number })
  return ledger
}

async function removeContent(registry: Registry, version: Pick<Version, 'name' | 'number'>): Promise<void> {
  const path = versionPath(registry, version)
  for (const gone of [path, signaturePath(path)])
    await rm(gone, { recursive: true, force: true }).catch(error => {
      throw writeError(gone, error)
    })
}
