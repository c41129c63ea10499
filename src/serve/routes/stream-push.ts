import { z } from 'zod'
import { pushedMessages, pushResult, slug } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Takes messages of devices: a JSON object, a list of them, or one on each line. It answers when they are on the disk. */
export const pushRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/streams/{stream}/messages',
  summary: 'Takes messages of devices; answers when they are on the disk',
  access: 'operator',
  params: z.object({ stream: slug }),
  body: pushedMessages,
  bodyTypes: ['application/json', 'application/x-ndjson'],
  response: pushResult,
  takesIdempotencyKey: true,
  async run({ params, body, services: { streams } }) {
    return streams.push(params.stream, body)
  },
})
