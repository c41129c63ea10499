import { checkText } from '../core/check-input.js'
import { ArtefactError, createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import type { Runtime } from '../detect/index.js'
import { type Model, modelFromState, modelToState } from '../model/index.js'
import { loadArtefact } from './load.js'
import { contentOf } from './manifest.js'
import { saveArtefact } from './save.js'

const FILE = 'weights'

/** Writes a model as a folder, atomically. Errors as `saveArtefact`. */
export async function saveModel(model: Model, path: string): Promise<void> {
  checkText(path, 'path', 'the model')
  const { options, arrays } = modelToState(model)
  await saveArtefact(path, { manifest: options as Record<string, Json>, tensors: { [FILE]: arrays } })
}

/**
 * Reads a model back, see `modelFromState`. Errors as `loadArtefact` and `modelFromState`.
 *
 * @param runtime where its networks run; default: the calling thread
 */
export async function loadModel(path: string, runtime?: Runtime): Promise<Model> {
  checkText(path, 'path', 'the model')
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
