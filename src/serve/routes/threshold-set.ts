import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { recalibrate } from '../../pipeline/index.js'
import { saveModel } from '../../store/index.js'
import { modelVersion, slug, thresholdBody } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { addVersion } from '../jobs/add-version.js'
import { modelFacts } from '../scoring/model-facts.js'

/** Adds a version of a model with the threshold of a rule; the version that it comes from stays as it is. */
export const setThresholdRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/versions/{version}/threshold',
  summary: 'Adds a version of a model with the threshold of a rule',
  access: 'operator',
  params: z.object({ model: slug, version: z.string().regex(/^[a-z0-9-]{1,63}$/) }),
  body: thresholdBody,
  response: modelVersion,
  status: 201,
  audit: 'threshold.set',
  takesIdempotencyKey: true,
  async run({ params, body, user, services: { models, registryFor } }) {
    const { why = '', ...rule } = body
    const registry = registryFor(user)
    const served = await models.get(`${params.model}@${params.version}`)
    if (served.version.devices !== undefined)
      throw createError('state-conflict', { what: served.name, got: 'a fleet', wanted: 'a single model' })
    const { model } = await recalibrate(served.model, rule)
    const reason = why || `threshold of ${served.name} by ${JSON.stringify(rule)}`
    const { number } = await addVersion(registry, params.model, reason, path => saveModel(model, path))
    const { versions } = await modelFacts(registry, params.model)
    return versions.find(({ version }) => version === number) as (typeof versions)[number]
  },
})
