import { z } from 'zod'
import { inferBody, inferResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { infer } from '../scoring/inference.js'
import { modelText } from '../scoring/model-text.js'

/** Open Inference Protocol: scores windows. */
export const v2InferVersionRoute = defineRoute({
  method: 'POST',
  path: '/v2/models/{model}/versions/{version}/infer',
  summary: 'Open Inference Protocol: scores windows (one version)',
  access: 'viewer',
  params: z.object({ model: modelText, version: z.string().regex(/^[a-z0-9-]{1,63}$/) }),
  body: inferBody,
  response: inferResult,
  async run({ params, body, services }) {
    return infer(services, `${params.model}@${params.version}`, body)
  },
})
