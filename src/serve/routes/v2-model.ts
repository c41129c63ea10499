import { z } from 'zod'
import { inferModel } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { describeModel } from '../scoring/inference.js'
import { modelText } from '../scoring/model-text.js'

/** Open Inference Protocol: what a model takes and gives. */
export const v2ModelRoute = defineRoute({
  method: 'GET',
  path: '/v2/models/{model}',
  summary: 'Open Inference Protocol: what a model takes and gives',
  access: 'open',
  params: z.object({ model: modelText }),
  response: inferModel,
  async run({ params, user, services }) {
    return describeModel(services, user, params.model)
  },
})
