import type { z } from 'zod'
import type { evaluationBody } from '../contract/index.js'
import { evaluationSettings } from '../scoring/evaluation-settings.js'
import type { Services } from '../services.js'
import type { EvaluationTask } from './run-evaluation.js'

/**
 * What an evaluation of a request is, checked before it waits.
 *
 * @param id of its job
 * @throws `request-invalid` with the place, `name-unknown`, `model-unknown`
 */
export async function evaluationTask(
  { models, datasets, evaluations, registryFor }: Services,
  id: string,
  body: z.output<typeof evaluationBody>,
): Promise<EvaluationTask> {
  const settings = evaluationSettings(body.options)
  const { name, path } = await models.get(body.model, body.device)
  const { path: table } = await datasets.get(body.dataset)
  return {
    kind: 'evaluation',
    registry: registryFor({ name: 'server', role: 'viewer' }).folder,
    model: name,
    path,
    trusted: models.trusted,
    table,
    ...(body.labelColumn !== undefined && { labelColumn: body.labelColumn }),
    ...(body.intervals !== undefined && { intervals: body.intervals }),
    settings,
    ...(await evaluations.placeOf(id)),
  }
}
