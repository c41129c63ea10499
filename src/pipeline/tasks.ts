// Jobs that a pool of workers does: a module that each worker imports once. What goes in and out is copied between threads.
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { modelFromState, modelToState } from '../model/index.js'
import { createRuntime, type TaskHooks } from '../runtime/index.js'
import type { SessionSettings } from '../session/index.js'
import { type Detection, detect as detectHere } from './score/detect.js'
import type { TrainSettings } from './settings/train-settings.generated.js'
import type { HistoryBlocks } from './train/blocks.js'
import { type TrainHooks, trainModel as trainHere } from './train/train.js'

/** What a training sends to its caller while it runs. */
export type TrainMessage =
  | { readonly progress: Parameters<NonNullable<TrainHooks['onProgress']>>[0] }
  | { readonly issues: Parameters<NonNullable<TrainHooks['onIssues']>>[0] }

export interface TrainJob {
  readonly history: Frame | HistoryBlocks
  readonly options: TrainSettings
  readonly hooks: Pick<TrainHooks, 'architecture' | 'device' | 'columns'>
}

/** Trains a model; it comes back as data. */
export async function train({ history, options, hooks }: TrainJob, job: TaskHooks): Promise<State> {
  const send = (message: TrainMessage) => job.progress(message)
  const model = await trainHere(history, options, {
    ...hooks,
    signal: job.signal,
    onProgress: progress => send({ progress }),
    onIssues: issues => send({ issues }),
  })
  return modelToState(model)
}

export interface DetectJob {
  readonly model: State
  readonly frame: Frame
  readonly settings: SessionSettings
  readonly workers: number
}

/** Scores a frame. */
export async function detect(
  { model, frame, settings, workers }: DetectJob,
  { signal, progress }: TaskHooks,
): Promise<Detection> {
  const onProgress = (done: number, total: number) => progress([done, total])
  return detectHere(modelFromState(model, createRuntime(workers)), frame, settings, { signal, onProgress })
}
