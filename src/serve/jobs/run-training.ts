import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Frame } from '../../core/frame.js'
import type { Json } from '../../core/state.js'
import { readingOf, readOptions, readTable } from '../../ingest/index.js'
import { trainModel, trainOptions } from '../../pipeline/index.js'
import { deviceFolder, findFleet, saveModel } from '../../store/index.js'
import { issueLines } from '../../validate/index.js'
import type { Job } from '../contract/index.js'
import { inFields } from '../http/problem.js'
import { addVersion } from './add-version.js'
import { reportSometimes } from './report-sometimes.js'

/** A training, as its process gets it. */
export interface TrainingTask {
  readonly kind: 'training'
  readonly registry: string
  readonly by: string
  readonly model: string
  readonly why: string
  /** Readings, or the file that holds them. */
  readonly history: Frame | string
  /** How the readings were read, as the model of their device keeps it; of a file its reading shows it. */
  readonly reading?: Readonly<Record<string, Json>>
  readonly options: Readonly<Record<string, unknown>>
  /** Of a fleet: the device that gets a new model, and the fleet whose other models the version has as they are. */
  readonly fleet?: { readonly device: string; readonly path: string }
}

const MOST_NOTES = 20

/** Trains a model and adds it as a version. @returns `NAME@VERSION` */
export async function runTraining(
  task: TrainingTask,
  report: (progress: Job['progress']) => void,
  tell: (notes: readonly string[]) => void,
): Promise<string> {
  const registry = { folder: task.registry, by: task.by, now: () => new Date() }
  const options = trainOptions.parse(task.options)
  const { history, ...read } = await historyOf(task)
  const { fleet } = task
  const version = await addVersion(registry, task.model, task.why, async path => {
    const model = await trainModel(history, options, {
      ...read,
      ...(fleet && { device: fleet.device }),
      onIssues: issues => tell(issueLines(issues).slice(0, MOST_NOTES).map(inFields)),
      onProgress: reportSometimes(({ epoch, epochs, step, steps, loss, validationLoss }) => {
        const share = (epoch - 1 + step / Math.max(1, steps)) / Math.max(1, epochs)
        const known = (value: number) => (Number.isFinite(value) ? value : null)
        report({
          stage: 'training',
          share: Math.max(0, Math.min(1, share)),
          epoch: known(epoch),
          epochs: known(epochs),
          loss: known(loss),
          validationLoss: known(validationLoss),
        })
      }),
    })
    if (fleet === undefined) return saveModel(model, path)
    await saveModel(model, join(path, deviceFolder(fleet.device)))
    for (const other of (await findFleet(fleet.path)) ?? [])
      if (other.device !== fleet.device)
        await cp(other.path, join(path, deviceFolder(other.device)), { recursive: true })
  })
  return `${version.name}@${version.number}`
}

/** What is learnt from, and what the model keeps of how it was read. */
async function historyOf({ history, reading }: TrainingTask) {
  if (typeof history !== 'string') return { history, reading, columns: { time: 'time' } }
  const { frame, summary } = await readTable(history)
  const { timeColumn, labelColumn } = summary
  const columns = { ...(timeColumn && { time: timeColumn }), ...(labelColumn && { label: labelColumn }) }
  return { history: frame, reading: readingOf(readOptions.parse({}), summary), columns }
}
