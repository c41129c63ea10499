import { z } from 'zod'
import { inferBody, inferResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { infer } from '../scoring/inference.js'
import { modelText } from '../scoring/model-text.js'

/** Open Inference Protocol: scores windows. */
export const v2InferRoute = defineRoute({
  method: 'POST',
  path: '/v2/models/{model}/infer',
  summary: 'Open Inference Protocol: scores windows',
  access: 'viewer',
  params: z.object({ model: modelText }),
  body: inferBody,
  response: inferResult,
  async run({ params, body, services }) {
    return infer(services, params.model, body)
  },
})
