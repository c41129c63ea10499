import { z } from 'zod'
import { defineRoute } from '../http/route.js'

/** Open Inference Protocol: whether the server does its work. */
export const v2ReadyRoute = defineRoute({
  method: 'GET',
  path: '/v2/health/ready',
  summary: 'Open Inference Protocol: whether the server does its work',
  access: 'public',
  response: z.object({ ready: z.boolean() }),
  async run({ services, reply }) {
    const ready = services.isOpen() && services.keep.failure === undefined
    if (!ready) reply.code(503)
    return { ready }
  },
})
