import { z } from 'zod'
import { slug, stream } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Starts a stream where it stopped last. */
export const startStreamRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/streams/{stream}/start',
  summary: 'Starts a stream where it stopped last',
  access: 'operator',
  params: z.object({ stream: slug }),
  response: stream,
  audit: 'stream.start',
  async run({ params, services: { streams } }) {
    return streams.start(params.stream)
  },
})
