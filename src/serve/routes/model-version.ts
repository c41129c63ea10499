import { z } from 'zod'
import { deviceQuery, slug, versionDetail } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { versionFacts } from '../scoring/model-facts.js'

/** A version of a model: a number or an alias, with what the model says about itself. */
export const modelVersionRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/models/{model}/versions/{version}',
  summary: 'A version of a model, by number or alias, with what the model says about itself',
  access: 'viewer',
  params: z.object({ model: slug, version: z.string().regex(/^[a-z0-9-]{1,63}$/) }),
  query: deviceQuery,
  response: versionDetail,
  async run({ params, query, user, services }) {
    return versionFacts(services, user, `${params.model}@${params.version}`, query.device)
  },
})
