import { isDeepStrictEqual } from 'node:util'
import { createError } from '../../core/errors.js'
import type { Json, State } from '../../core/state.js'
import { loadArtefact, removeArtefact, saveArtefact } from '../../store/index.js'

/** What a training depends on: one that differs in any of it would not continue to the same model. */
export type TrainingIdentity = Readonly<Record<string, Json>>

/** The folder in which a training keeps where it stands. */
export interface CheckpointFolder {
  /** Where an earlier run of the same training stood. */
  readonly resume?: State
  /** Takes the state of each epoch; writes now and then, so that short epochs are not spent on writing. */
  onCheckpoint(state: State): Promise<void>
  /** Writes the last state, if it is not there yet. */
  flush(): Promise<void>
  /** Removes the folder: the training is done. */
  remove(): Promise<void>
}

const SAVE_EVERY_MS = 5000
const FILE = 'state'

/**
 * Opens the checkpoint of a training, new or left by an earlier run.
 *
 * Errors: `checkpoint-differs` when it is of another training, and as `loadArtefact`, `saveArtefact`.
 */
export async function openCheckpoint(path: string, identity: TrainingIdentity): Promise<CheckpointFolder> {
  const resume = await readCheckpoint(path, identity)
  let unsaved: State | undefined
  let saved = Number.NEGATIVE_INFINITY
  const flush = async () => {
    if (unsaved === undefined) return
    const { arrays, ...described } = unsaved
    const manifest = { checkpoint: described as unknown as Json, identity: identity as Json }
    await saveArtefact(path, { manifest, tensors: { [FILE]: arrays } })
    saved = performance.now()
    unsaved = undefined
  }
  return {
    resume,
    async onCheckpoint(state) {
      unsaved = state
      if (performance.now() - saved >= SAVE_EVERY_MS) await flush()
    },
    flush,
    remove: () => removeArtefact(path),
  }
}

async function readCheckpoint(path: string, identity: TrainingIdentity): Promise<State | undefined> {
  let artefact: Awaited<ReturnType<typeof loadArtefact>>
  try {
    artefact = await loadArtefact(path)
  } catch (error) {
    if ((error as { code?: string }).code === 'artefact-missing') return undefined
    throw error
  }
  const { checkpoint, identity: kept } = artefact.manifest as unknown as {
    checkpoint: Omit<State, 'arrays'>
    identity: TrainingIdentity
  }
  const names = new Set([...Object.keys(identity), ...Object.keys(kept ?? {})])
  const plain = JSON.parse(JSON.stringify(identity)) as TrainingIdentity
  const differs = [...names].filter(name => !isDeepStrictEqual(plain[name], kept?.[name]))
  if (differs.length > 0) throw createError('checkpoint-differs', { path, differs: differs.join(', ') })
  return { ...checkpoint, arrays: artefact.tensors[FILE] ?? {} }
}
