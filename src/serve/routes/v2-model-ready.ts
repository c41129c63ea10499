import { z } from 'zod'

import { defineRoute } from '../http/route.js'
import { readyModel } from '../scoring/inference.js'
import { modelText } from '../scoring/model-text.js'

/** Open Inference Protocol: whether a model can be used. */
export const v2ModelReadyRoute = defineRoute({
  method: 'GET',
  path: '/v2/models/{model}/ready',
  summary: 'Open Inference Protocol: whether a model can be used',
  access: 'open',
  params: z.object({ model: modelText }),
  response: z.object({ name: z.string(), ready: z.literal(true) }),
  async run({ params, services }) {
    return readyModel(services, params.model)
  },
})
