import { z } from 'zod'
import { modelDetail, slug } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelFacts } from '../scoring/model-facts.js'

/** A model with its versions, newest first. */
export const modelRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/models/{model}',
  summary: 'A model with its versions, newest first',
  access: 'viewer',
  params: z.object({ model: slug }),
  response: modelDetail,
  async run({ params, user, services: { registryFor } }) {
    const { model, versions } = await modelFacts(registryFor(user), params.model)
    return { ...model, items: versions.toReversed() }
  },
})
