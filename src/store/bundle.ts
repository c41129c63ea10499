import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { createError, TelltaleError } from '../core/errors.js'
import { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
import type { Runtime } from '../detect/index.js'
import { readWhole, writeOutput } from '../files/index.js'
import { type Model, modelFromState, modelToBytes } from '../model/index.js'
import type { ArtefactCheck } from './load.js'
import { ARTEFACT_LIMIT_BYTES, MANIFEST_LIMIT_BYTES } from './manifest.js'
import { sha256 } from './sealed.js'

/** How a model in a single file is named. */
export const BUNDLE_ENDING = '.telltale'
/** Bytes of a model in a single file: those of a folder. */
export const BUNDLE_LIMIT_BYTES = ARTEFACT_LIMIT_BYTES + MANIFEST_LIMIT_BYTES

/** Whether a path names a model in a single file. */
export function isBundlePath(path: string): boolean {
  return path.endsWith(BUNDLE_ENDING)
}

/** Writes a model as one safetensors file, atomically, see `modelToBytes`. Errors: `file-unwritable`. */
export async function saveBundle(model: Model, path: string): Promise<void> {
  await writeOutput(path, [modelToBytes(model)])
}

/**
 * Reads a model back from one file: any byte that changed is an error.
 *
 * Errors: `artefact-missing`, `artefact-damaged`, `artefact-version`, `file-too-large`.
 */
export async function loadBundle(path: string, runtime?: Runtime): Promise<Model> {
  return modelFromBundle(await readBytes(path), path, runtime)
}

/** Checks a model in one file; a damaged one is a row that is not ok. Errors: `artefact-missing`. */
export async function verifyBundle(path: string): Promise<Pick<ArtefactCheck, 'files' | 'extra'>> {
  const bytes = await readBytes(path)
  const file = { name: basename(path), sizeBytes: bytes.length, sha256: sha256(bytes) }
  try {
    modelFromBundle(bytes, path)
    return { files: [{ ...file, ok: true }], extra: [] }
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    return { files: [{ ...file, ok: false, reason: String(error.where.reason) }], extra: [] }
  }
}

async function readBytes(path: string): Promise<Buffer> {
  const info = await stat(path).catch(() => undefined)
  const missing = (reason: string) => createError('artefact-missing', { path, reason })
  if (!info?.isFile()) throw missing(info ? 'it is not a file' : 'it does not exist')
  return readWhole(path, BUNDLE_LIMIT_BYTES)
}

function modelFromBundle(bytes: Buffer, path: string, runtime?: Runtime): Model {
  const state = stateFromBytes(bytes, path)
  // The id covers the content; padding and spaces of the header are covered by there being one way to write it.
  if (!bytes.equals(stateToBytes(state)))
    throw createError('artefact-damaged', { path, file: 'header', reason: 'it is not as it was written' })
  return modelFromState(state, runtime)
}
