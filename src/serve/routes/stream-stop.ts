import { z } from 'zod'
import { slug, stream } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Stops a stream in order. */
export const stopStreamRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/streams/{stream}/stop',
  summary: 'Stops a stream in order',
  access: 'operator',
  params: z.object({ stream: slug }),
  response: stream,
  audit: 'stream.stop',
  async run({ params, services: { streams } }) {
    return streams.stop(params.stream)
  },
})
