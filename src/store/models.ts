import { stat } from 'node:fs/promises'
import { checkText } from '../core/check-input.js'
import { ArtefactError, createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import type { Runtime } from '../detect/index.js'
import { readWhole } from '../files/index.js'
import { type Model, modelFromState, modelToState } from '../model/index.js'
import { BUNDLE_LIMIT_BYTES, isBundlePath, loadBundle, saveBundle, verifyBundle } from './bundle.js'
import type { TrustedKey } from './keys.js'
import { type FileCheck, loadArtefact, verifyArtefact } from './load.js'
import { contentOf } from './manifest.js'
import { checkArtefactTarget, saveArtefact } from './save.js'
import { checkSignature, removeStaleSignature } from './signature.js'

const FILE = 'weights'

/** Writes a model as a folder, or as one file when the path ends in `.telltale`; atomically. The signature of another model that was there goes. Errors as `saveArtefact`. */
export async function saveModel(model: Model, path: string): Promise<void> {
  checkText(path, 'path', 'the model')
  await checkModelTarget(path)
  if (isBundlePath(path)) await saveBundle(model, path)
  else {
    const { options, arrays } = modelToState(model)
    await saveArtefact(path, { manifest: options as Record<string, Json>, tensors: { [FILE]: arrays } })
  }
  await removeStaleSignature(path, model.info.id)
}

/**
 * Reads a model back from its folder or file, see `modelFromState`. Errors as `loadArtefact`, `modelFromState` and `checkSignature`.
 *
 * @param runtime where its networks run; default: the calling thread
 * @param trusted public keys, one of which must have signed it; default: no signature is needed
 */
export async function loadModel(
  path: string,
  runtime?: Runtime,
  trusted?: readonly TrustedKey[],
): Promise<Model> {
  checkText(path, 'path', 'the model')
  const model = await readModel(path, runtime)
  // The id was computed from what was read: the signature covers every byte that is used.
  if (trusted !== undefined) await checkSignature(path, model.info.id, trusted)
  return model
}

async function readModel(path: string, runtime: Runtime | undefined): Promise<Model> {
  if (isBundlePath(path) && !(await isFolder(path))) return loadBundle(path, runtime)
  const { manifest, tensors } = await loadArtefact(path)
  const state = {
    kind: 'model',
    version: manifest.formatVersion,
    options: contentOf(manifest),
    arrays: tensors[FILE] ?? {},
  }
  return naming(path, () => modelFromState(state, runtime))
}

/** What `read` returns; what it refuses is said of the folder that the model lies in. */
export function naming<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ArtefactError)) throw error
    throw createError(error.code as 'artefact-damaged', { ...error.where, path } as never, error.cause)
  }
}

/**
 * Whether a model may be saved at `path`, so that a long training is not for nothing. Only a model is ever replaced.
 *
 * Errors: `artefact-exists`, `file-unwritable`.
 */
export async function checkModelTarget(path: string): Promise<void> {
  if (!isBundlePath(path)) {
    await checkArtefactTarget(path)
    return
  }
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) return
  if (!info.isFile()) throw createError('artefact-exists', { path, reason: 'is a folder' })
  const head = (await readWhole(path, BUNDLE_LIMIT_BYTES)).subarray(0, 65_536)
  if (!head.includes('telltale-state'))
    throw createError('artefact-exists', { path, reason: 'is not a telltale model' })
}

/** Checks every byte of a model, in a folder or a file. Errors: as `verifyArtefact`. */
export async function verifyModel(
  path: string,
): Promise<{ readonly files: readonly FileCheck[]; readonly extra: readonly string[] }> {
  return isBundlePath(path) && !(await isFolder(path)) ? verifyBundle(path) : verifyArtefact(path)
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
