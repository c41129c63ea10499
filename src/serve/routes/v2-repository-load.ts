import { z } from 'zod'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'

/** Open Inference Protocol: loads a model, so that its first request is fast. */
export const v2RepositoryLoadRoute = defineRoute({
  method: 'POST',
  path: '/v2/repository/models/{model}/load',
  summary: 'Open Inference Protocol: loads a model',
  access: 'operator',
  params: z.object({ model: modelText }),
  response: z.object({ name: z.string() }),
  async run({ params, services: { models } }) {
    const { name } = await models.get(params.model)
    return { name }
  },
})
