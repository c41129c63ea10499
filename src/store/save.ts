import { lstat, mkdir, readdir, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createError } from '../core/errors.js'
import { encodeSafetensors } from '../core/safetensors.js'
import type { Json, Tensor } from '../core/state.js'
import {
  makeFolder,
  readWhole,
  siblingPath,
  sweepSiblings,
  syncFolder,
  writeError,
  writeFileSynced,
} from '../files/index.js'
import {
  encodeManifest,
  type FileEntry,
  listedFiles,
  MANIFEST_FILE,
  MANIFEST_LIMIT_BYTES,
} from './manifest.js'
import { sha256 } from './sealed.js'

/** What an artefact holds: JSON, and named tensors by file name (without ending). */
export interface ArtefactContent {
  readonly manifest: Readonly<Record<string, Json>>
  readonly tensors: Readonly<Record<string, Readonly<Record<string, Tensor>>>>
}

type Target = 'free' | 'replaceable'

/**
 * Saves an artefact as a folder: `manifest.json` and one `<name>.safetensors` per group of tensors. The folder appears
 * whole or not at all; parent folders are created; an artefact that is already there is replaced, anything else is not
 * touched. The fields `format`, `formatVersion`, `files` and `manifestSha256` are written by the store.
 * Errors: `artefact-exists`, `file-unwritable`; then the old artefact is as before and nothing is left behind.
 */
export async function saveArtefact(path: string, content: ArtefactContent): Promise<void> {
  const target = await checkArtefactTarget(path)
  let folder = resolve(path)
  const created: string[] = []
  let temporary: string | undefined
  try {
    if (target !== 'free') folder = await realpath(folder)
    await makeFolder(dirname(folder), created)
    await sweepSiblings(folder)
    temporary = siblingPath(folder)
    await writeFolder(temporary, content)
    await moveInto(folder, temporary, target)
  } catch (error) {
    if (temporary) await rm(temporary, { recursive: true, force: true }).catch(() => {})
    for (const parent of created.reverse()) await rmdir(parent).catch(() => {})
    throw writeError(path, error)
  }
}

/**
 * Whether an artefact may be saved at `path`, so that a long training is not for nothing. What a killed run left there is put in order first.
 * Errors: `artefact-exists`, `file-unwritable` (a part of the path is a file).
 */
export async function checkArtefactTarget(path: string): Promise<Target> {
  try {
    await sweepSiblings(resolve(path))
    const folder = await realpath(path)
    if ((await readdirOf(folder, path)).length > 0) await ownFiles(folder, path)
    return 'replaceable'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'free'
    throw writeError(path, error)
  }
}

/**
 * Removes an artefact, if it is one and holds nothing else: it is gone at once, then its files go.
 *
 * @throws ArtefactError `artefact-exists`; SourceError `file-unwritable`
 */
export async function removeArtefact(path: string): Promise<void> {
  if ((await checkArtefactTarget(path)) === 'free') return
  try {
    const folder = await realpath(path)
    const old = siblingPath(folder)
    await rename(folder, old)
    await removeFolder(old, path)
  } catch (error) {
    throw writeError(path, error)
  }
}

/** Removes the folder of an artefact file by file: whatever else came into it stays, and the folder with it. */
async function removeFolder(folder: string, shown: string): Promise<void> {
  for (const name of await ownFiles(folder, shown)) await unlink(join(folder, name))
  await rmdir(folder)
}

async function readdirOf(folder: string, shown: string): Promise<string[]> {
  if (!(await lstat(folder)).isDirectory())
    throw createError('artefact-exists', { path: shown, reason: 'is a file' })
  return readdir(folder)
}

/** The names in the folder of an artefact; refuses a folder that is none, or holds what its manifest does not list. */
async function ownFiles(folder: string, shown: string): Promise<string[]> {
  const refused = (reason: string) => createError('artefact-exists', { path: shown, reason })
  const entries = await readdirOf(folder, shown)
  if (entries.length === 0) return []
  const manifest = entries.includes(MANIFEST_FILE)
    ? await readWhole(join(folder, MANIFEST_FILE), MANIFEST_LIMIT_BYTES, { noLinks: true }).catch(
        () => undefined,
      )
    : undefined
  const listed = manifest && listedFiles(manifest)
  if (listed === undefined) throw refused('is not a telltale model')
  const strange: string[] = []
  for (const name of entries)
    if (!(name === MANIFEST_FILE || listed.includes(name)) || !(await lstat(join(folder, name))).isFile())
      strange.push(name)
  if (strange.length > 0) throw refused(`holds files of others: ${strange.slice(0, 5).join(', ')}`)
  return entries
}

async function writeFolder(folder: string, { manifest, tensors }: ArtefactContent): Promise<void> {
  await mkdir(folder)
  const files: Record<string, FileEntry> = {}
  for (const [name, group] of Object.entries(tensors)) {
    const bytes = encodeSafetensors(group)
    const file = `${name}.safetensors`
    files[file] = { sha256: sha256(bytes), sizeBytes: bytes.length }
    // Before anything is written: the names of files are checked there.
    encodeManifest({}, files)
    await writeFileSynced(join(folder, file), [bytes])
  }
  await writeFileSynced(join(folder, MANIFEST_FILE), [encodeManifest(manifest, files)])
  await syncFolder(folder)
}

async function moveInto(folder: string, temporary: string, target: Target): Promise<void> {
  if (target === 'free') await rename(temporary, folder)
  else {
    const old = siblingPath(folder, 'old')
    await rename(folder, old)
    try {
      await rename(temporary, folder)
    } catch (error) {
      await rename(old, folder)
      throw error
    }
    await removeFolder(old, folder).catch(() => {})
  }
  await syncFolder(dirname(folder))
}
