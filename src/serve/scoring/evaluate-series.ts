import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { readLabels } from '../../evaluate/index.js'
import type { EvaluateBody, EvaluationResult } from '../contract/index.js'
import type { Services } from '../services.js'
import { evaluationSettings, resultOf } from './evaluation-settings.js'
import { labelsIn } from './marked.js'
import { openSeries } from './series.js'

/**
 * Evaluates a model on a series of a request with its labels, beside three baselines.
 *
 * @throws `request-invalid` with the place, `request-too-large`, `model-unknown`, `labels-length`
 */
export async function evaluateSeries(
  services: Services,
  name: string,
  body: EvaluateBody,
  signal: AbortSignal,
): Promise<EvaluationResult> {
  const settings = evaluationSettings(body.options ?? {})
  const { served, frame, alignment } = await openSeries(services, name, body, signal)
  const labels = labelsOfBody(frame, body)
  const found = await services.scorer.evaluation(
    { path: served.path, frame, labels, settings: { ...settings, alignment } },
    signal,
  )
  return resultOf(served.name, found)
}

function labelsOfBody(frame: Frame, { labels, intervals }: EvaluateBody): Uint8Array {
  if ((labels === undefined) === (intervals === undefined))
    throw createError('request-invalid', { where: 'body', reason: 'needs either `labels` or `intervals`' })
  if (labels) return readLabels(labels, frame.timeMs.length)
  return labelsIn(frame, intervals ?? [])
}
