import { createError } from '../core/errors.js'
import { localRuntime, type Runtime } from '../detect/index.js'
import { preferredBuild } from '../kernels/index.js'
import { type Model, modelFromState, modelToState } from '../model/index.js'
import { loadArtefact } from './load.js'
import { saveArtefact } from './save.js'

const FILE = 'weights'

/** Writes a model as a folder, atomically. Errors as `saveArtefact`. */
export async function saveModel(model: Model, path: string): Promise<void> {
  const { manifest, tensors } = modelToState(model)
  await saveArtefact(path, { manifest, tensors: { [FILE]: tensors } })
}

/** Reads a model back; the same samples get the same scores as before saving, bit for bit on the same kernel build. Errors as `loadArtefact`. */
export async function loadModel(
  path: string,
  runtime: Runtime = localRuntime(preferredBuild()),
): Promise<Model> {
  const { manifest, tensors } = await loadArtefact(path)
  try {
    return modelFromState({ manifest, tensors: tensors[FILE] ?? {} }, runtime)
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error
    throw createError(
      'artefact-damaged',
      { path, file: 'manifest.json', reason: 'it does not describe a model' },
      error,
    )
  }
}
