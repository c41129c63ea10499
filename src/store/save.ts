import { lstat, mkdir, readdir, readFile, realpath, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createError } from '../core/errors.js'
import { encodeSafetensors } from '../core/safetensors.js'
import type { Json, Tensor } from '../core/state.js'
import { makeFolder, siblingPath, syncFolder, writeError, writeFileSynced } from '../files/index.js'
import { claimsToBeManifest, encodeManifest, type FileEntry, MANIFEST_FILE } from './manifest.js'
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
 * Whether an artefact may be saved at `path`, so that a long training is not for nothing.
 * Errors: `artefact-exists`, `file-unwritable` (a part of the path is a file).
 */
export async function checkArtefactTarget(path: string): Promise<Target> {
  const refused = (reason: string) => createError('artefact-exists', { path, reason })
  try {
    const folder = await realpath(path)
    if (!(await lstat(folder)).isDirectory()) throw refused('is a file')
    const entries = await readdir(folder)
    if (entries.length === 0) return 'replaceable'
    if (!entries.includes(MANIFEST_FILE)) throw refused('is not a telltale model')
    const manifest = await readFile(join(folder, MANIFEST_FILE))
    if (!claimsToBeManifest(manifest)) throw refused('is not a telltale model')
    const strange = entries.filter(name => name !== MANIFEST_FILE && !name.endsWith('.safetensors'))
    if (strange.length > 0) throw refused(`holds files of others: ${strange.slice(0, 5).join(', ')}`)
    return 'replaceable'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'free'
    throw writeError(path, error)
  }
}

async function writeFolder(folder: string, { manifest, tensors }: ArtefactContent): Promise<void> {
  await mkdir(folder)
  const files: Record<string, FileEntry> = {}
  for (const [name, group] of Object.entries(tensors)) {
    const bytes = encodeSafetensors(group)
    const file = `${name}.safetensors`
    await writeFileSynced(join(folder, file), [bytes])
    files[file] = { sha256: sha256(bytes), sizeBytes: bytes.length }
  }
  await writeFileSynced(join(folder, MANIFEST_FILE), [encodeManifest(manifest, files)])
  await syncFolder(folder)
}

async function moveInto(folder: string, temporary: string, target: Target): Promise<void> {
  if (target === 'free') await rename(temporary, folder)
  else {
    const old = siblingPath(folder)
    await rename(folder, old)
    try {
      await rename(temporary, folder)
    } catch (error) {
      await rename(old, folder)
      throw error
    }
    await rm(old, { recursive: true, force: true }).catch(() => {})
  }
  await syncFolder(dirname(folder))
}
