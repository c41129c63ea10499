import { stream } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { streamPlan } from '../streams/plan.js'

/** Makes a stream and starts it. */
export const createStreamRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/streams',
  summary: 'Makes a stream and starts it',
  access: 'admin',
  body: streamPlan,
  response: stream,
  status: 201,
  audit: 'stream.create',
  takesIdempotencyKey: true,
  async run({ body, services: { streams } }) {
    return streams.create(streamPlan.parse(body))
  },
})
