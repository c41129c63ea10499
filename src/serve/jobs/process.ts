// Entry of the process of a job: reads its task from the message channel, sends progress, and ends.
import { TelltaleError } from '../../core/errors.js'
import type { Job, Problem } from '../contract/index.js'
import { type Hidden, problemOf } from '../http/problem.js'
import { type EvaluationTask, runEvaluation } from './run-evaluation.js'
import { runTraining, type TrainingTask } from './run-training.js'

/** What the process of a job is asked to do. */
export type JobTask = TrainingTask | EvaluationTask

/** What it sends. */
export type JobMessage =
  | { readonly progress: Job['progress'] }
  | { readonly notes: readonly string[] }
  | { readonly result: string }
  | { readonly error: Problem }

const send = (message: JobMessage) =>
  new Promise<void>(resolve => {
    if (process.send) process.send(message, () => resolve())
    else resolve()
  })
/** Paths that no client sees. */
function hiddenOf(task: JobTask): Hidden {
  const table = task.kind === 'training' ? task.history : task.table
  return [
    [task.registry, 'of this server'],
    ...(typeof table === 'string' ? [[table, 'the data set'] as const] : []),
  ]
}
const report = (progress: Job['progress']) => void send({ progress })
const tell = (notes: readonly string[]) => void send({ notes })

process.once('message', async (task: JobTask) => {
  try {
    const result =
      task.kind === 'training' ? await runTraining(task, report, tell) : await runEvaluation(task, report)
    await send({ result })
  } catch (error) {
    if (!(error instanceof TelltaleError)) process.stderr.write(`${(error as Error).stack ?? error}\n`)
    await send({ error: problemOf(error, undefined, hiddenOf(task)) })
  }
  process.exit(0)
})
// The server that started it is gone.
process.on('disconnect', () => process.exit(1))
