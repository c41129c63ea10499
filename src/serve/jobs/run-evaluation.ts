import { createError } from '../../core/errors.js'
import { writeFileAtomic } from '../../files/index.js'
import { readTable, readWithout, trainedRequest } from '../../ingest/index.js'
import { type EvaluateModelSettings, evaluateModel } from '../../pipeline/index.js'
import { createRuntime } from '../../runtime/index.js'
import { loadModel, type TrustedKey } from '../../store/index.js'
import type { Job } from '../contract/index.js'
import { resultOf } from '../scoring/evaluation-settings.js'
import { labelsIn, type MarkedInterval } from '../scoring/marked.js'
import { reportSometimes } from './report-sometimes.js'

/** An evaluation, as its process gets it. */
export interface EvaluationTask {
  readonly kind: 'evaluation'
  readonly registry: string
  /** `NAME@VERSION`. */
  readonly model: string
  /** Where the model is. */
  readonly path: string
  /** Public keys, one of which must have signed the model. Default: no signature is needed. */
  readonly trusted?: readonly TrustedKey[]
  /** File of the table. */
  readonly table: string
  readonly labelColumn?: string
  readonly intervals?: readonly MarkedInterval[]
  readonly settings: EvaluateModelSettings
  /** File that gets what was found, and its address. */
  readonly out: string
  readonly address: string
}

/** Evaluates a model on a table and writes what it found. @returns the address of that */
export async function runEvaluation(
  task: EvaluationTask,
  report: (progress: Job['progress']) => void,
): Promise<string> {
  const model = await loadModel(task.path, createRuntime(1), task.trusted)
  const { frame, labels: column } = await readWithout(
    {
      ...trainedRequest(model.info.options),
      expectChannels: model.info.channels,
      ...(task.labelColumn !== undefined && { labelColumn: task.labelColumn }),
    },
    request => readTable(task.table, request),
  )
  const labels = task.intervals ? labelsIn(frame, task.intervals) : column
  if (labels === undefined)
    throw createError('request-invalid', {
      where: 'body',
      reason: 'needs `labelColumn` or `intervals`: the data set has no column of labels',
    })
  const progressed = reportSometimes((share: number) =>
    report({ stage: 'scoring', share, epoch: null, epochs: null, loss: null, validationLoss: null }),
  )
  const found = await evaluateModel(model, frame, labels, task.settings, {
    onProgress: (done, total) => progressed(done / Math.max(1, total)),
  })
  await writeFileAtomic(task.out, [JSON.stringify(resultOf(task.model, found))])
  return task.address
}
