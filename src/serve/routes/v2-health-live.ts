import { z } from 'zod'
import { defineRoute } from '../http/route.js'

/** Open Inference Protocol: whether the process answers. */
export const v2LiveRoute = defineRoute({
  method: 'GET',
  path: '/v2/health/live',
  summary: 'Open Inference Protocol: whether the process answers',
  access: 'public',
  response: z.object({ live: z.boolean() }),
  async run() {
    return { live: true }
  },
})
