// Entry of a training process: reads its task from the message channel, sends progress, and ends.
import { TelltaleError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { readTable } from '../../ingest/index.js'
import { trainModel, trainOptions } from '../../pipeline/index.js'
import { saveModel, stageVersion } from '../../store/index.js'
import type { Problem } from '../contract/index.js'
import { problemOf } from '../http/problem.js'

/** What a training process is asked to do. */
export interface TrainingTask {
  readonly registry: string
  readonly by: string
  readonly model: string
  readonly why: string
  /** Readings, or the file that holds them. */
  readonly history: Frame | string
  readonly options: Readonly<Record<string, unknown>>
}

/** What it sends. */
export type TrainingMessage =
  | {
      readonly progress: {
        readonly stage: string
        readonly share: number
        readonly epoch: number | null
        readonly epochs: number | null
        readonly loss: number | null
        readonly validationLoss: number | null
      }
    }
  | { readonly result: string }
  | { readonly error: Problem }

const REPORT_MS = 200
const send = (message: TrainingMessage) =>
  new Promise<void>(resolve => {
    if (process.send) process.send(message, () => resolve())
    else resolve()
  })

async function train(task: TrainingTask): Promise<string> {
  const registry = { folder: task.registry, by: task.by, now: () => new Date() }
  const options = trainOptions.parse(task.options)
  const history = typeof task.history === 'string' ? (await readTable(task.history)).frame : task.history
  const staged = await stageVersion(registry, task.model)
  let reportedMs = 0
  try {
    const model = await trainModel(history, options, {
      onProgress(progress) {
        if (Date.now() - reportedMs < REPORT_MS) return
        reportedMs = Date.now()
        const { epoch, epochs, step, steps, loss, validationLoss } = progress
        const share = (epoch - 1 + step / Math.max(1, steps)) / Math.max(1, epochs)
        const known = (value: number) => (Number.isFinite(value) ? value : null)
        void send({
          progress: {
            stage: 'training',
            share: Math.max(0, Math.min(1, share)),
            epoch: known(epoch),
            epochs: known(epochs),
            loss: known(loss),
            validationLoss: known(validationLoss),
          },
        })
      },
    })
    await saveModel(model, staged.path)
    const version = await staged.publish(task.why)
    return `${version.name}@${version.number}`
  } catch (error) {
    await staged.discard()
    throw error
  }
}

process.once('message', async (task: TrainingTask) => {
  try {
    await send({ result: await train(task) })
  } catch (error) {
    if (!(error instanceof TelltaleError)) process.stderr.write(`${(error as Error).stack ?? error}\n`)
    await send({ error: problemOf(error, undefined, [[task.registry, 'of this server']]) })
  }
  process.exit(0)
})
// The server that started it is gone.
process.on('disconnect', () => process.exit(1))
