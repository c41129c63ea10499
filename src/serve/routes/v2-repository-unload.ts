import { z } from 'zod'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'

/** Open Inference Protocol: lets go of a model; the next request loads it again. */
export const v2RepositoryUnloadRoute = defineRoute({
  method: 'POST',
  path: '/v2/repository/models/{model}/unload',
  summary: 'Open Inference Protocol: lets go of a model',
  access: 'operator',
  params: z.object({ model: modelText }),
  response: z.object({ name: z.string() }),
  async run({ params, services: { models } }) {
    const name = await models.release(params.model)
    return { name }
  },
})
