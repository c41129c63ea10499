import { mkdir, readdir, rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { createError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import { nearestName } from '../core/nearest.js'
import { makeFolder, writeError, writeFileAtomic } from '../files/index.js'
import { BUNDLE_ENDING, isBundlePath } from './bundle.js'
import { findFleet } from './fleet.js'
import { MANIFEST_FILE } from './manifest.js'
import { checkModelName, isModelName } from './names.js'
import { encodeRecord, readRecord } from './records.js'

const FILE = 'registry.json'
const FORMAT = 'telltale-registry'

/**
 * A folder of models with numbered versions:
 *
 * - `NAME/versions/N/version.json`: what version N is, who added it and why; `model/` beside it holds the model or the models of a fleet
 * - `NAME/history/000001.json`, ...: every change of aliases, tags, notes and every deletion; aliases are what the history says
 *
 * There is no lock. A version appears by the rename of a folder to its number, a change by a link to its number: both fail when the number is taken, and
 * the writer takes the next one. A process that is killed at any point leaves at most a temporary folder, which the next writer removes.
 */
export interface Registry {
  readonly folder: string
  /** Who makes changes: written to the history. */
  readonly by: string
  readonly now: () => Date
}

/** Whether the folder is a registry. Errors: `registry-missing`, `artefact-damaged`, `artefact-version` of a newer telltale. */
export async function checkRegistry({ folder }: Registry): Promise<void> {
  const missing = (reason: string, help = HELP) =>
    createError('registry-missing', { path: folder, reason, help })
  const info = await stat(folder).catch(() => undefined)
  if (info === undefined) throw missing('it does not exist')
  const isThere = (await stat(join(folder, FILE)).catch(() => undefined)) !== undefined
  if (info.isDirectory() && isThere) {
    await readRecord(join(folder, FILE), FORMAT, z.strictObject({}))
    return
  }
  if (await holdsModel(folder)) throw missing('it is a model', modelHelp(folder))
  throw missing(info.isDirectory() ? `it holds no ${FILE}` : 'it is a file')
}

const HELP =
  'Give the folder of a registry with --registry, or --models of `telltale serve`. `telltale train` with --registry and --out NAME makes a new one'

/** What to do with a model, or the models of a fleet, in place of a registry. */
function modelHelp(path: string): string {
  const own = basename(path, BUNDLE_ENDING).toLowerCase()
  const name = isModelName(own) ? own : 'model'
  return `Copy it into a registry with \`telltale models copy ${path} ${name} --registry REGISTRY\`, then give REGISTRY in its place`
}

/** Whether a path is a model, in a folder or a file, or a fleet. */
async function holdsModel(path: string): Promise<boolean> {
  if (isBundlePath(path)) return true
  const manifest = await stat(join(path, MANIFEST_FILE)).catch(() => undefined)
  return manifest !== undefined || (await findFleet(path)) !== undefined
}

/** Makes the folder a registry when it is new or empty. Errors: `registry-missing` for a folder that holds something else, `file-unwritable`. */
export async function ensureRegistry(registry: Registry): Promise<void> {
  const { folder } = registry
  try {
    await makeFolder(folder)
    const entries = await readdir(folder)
    if (entries.every(name => name.startsWith(`.${FILE}.`)))
      await writeFileAtomic(join(folder, FILE), [encodeRecord(FORMAT, {})])
  } catch (error) {
    throw writeError(folder, error)
  }
  await checkRegistry(registry)
}

/** Folder of a model; `checkRegistry` first. Errors: `model-name-invalid`, so that a name never leads elsewhere. */
export function modelFolder({ folder }: Registry, name: string): string {
  checkModelName(name)
  return join(folder, name)
}

/** The names of all models, sorted. Errors: as `checkRegistry`. */
export async function listModels(registry: Registry): Promise<readonly string[]> {
  await checkRegistry(registry)
  const entries = await readdir(registry.folder, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory() && isModelName(entry.name))
    .map(entry => entry.name)
    .sort()
}

/** Errors: `model-unknown` with the nearest name, and as `checkRegistry`. */
export async function checkModel(registry: Registry, name: string): Promise<void> {
  const names = await listModels(registry)
  if (!names.includes(name)) throw unknown(registry, name, names)
}

/** Makes the folders of a model, with the registry when it is new. */
export async function ensureModel(registry: Registry, name: string): Promise<void> {
  await ensureRegistry(registry)
  for (const folder of ['versions', 'history'])
    await mkdir(join(modelFolder(registry, name), folder), { recursive: true }).catch(cause => {
      throw writeError(modelFolder(registry, name), cause)
    })
}

/** Removes the folder of a model that never had a version; one that holds anything stays. */
export async function removeEmptyModel(registry: Registry, name: string): Promise<void> {
  const folder = modelFolder(registry, name)
  for (const empty of [join(folder, 'versions'), join(folder, 'history'), folder])
    try {
      await rmdir(empty)
    } catch {
      return
    }
}

/** `model-unknown` for a model, a version or an alias, with those that there are. @param none what helps where nothing of the kind is known */
export function unknown(
  { folder }: Registry,
  name: string,
  known: readonly string[],
  none = 'It is empty: `telltale train` with --registry and --out NAME adds a model',
) {
  const all = known.length > 1 ? `There are ${listNames(known, 10)}. ` : ''
  const help = known.length === 0 ? none : `${all}The nearest is ${nearestName(name, known)}`
  return createError('model-unknown', { registry: folder, name, help })
}
