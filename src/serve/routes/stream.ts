import { z } from 'zod'
import { slug, stream } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** A stream. */
export const streamRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/streams/{stream}',
  summary: 'A stream',
  access: 'viewer',
  params: z.object({ stream: slug }),
  response: stream,
  async run({ params, services: { streams } }) {
    return streams.get(params.stream)
  },
})
