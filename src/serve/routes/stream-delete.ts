import { z } from 'zod'
import { slug } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Stops a stream and forgets it; its events and samples stay. */
export const deleteStreamRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/streams/{stream}',
  summary: 'Stops a stream and forgets it; its events and samples stay',
  access: 'admin',
  params: z.object({ stream: slug }),
  response: z.undefined(),
  status: 204,
  audit: 'stream.delete',
  async run({ params, services: { streams } }) {
    await streams.remove(params.stream)
    return undefined
  },
})
