import { streamList } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** All streams. */
export const streamsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/streams',
  summary: 'All streams',
  access: 'viewer',
  response: streamList,
  async run({ services: { streams } }) {
    return { items: [...streams.list()] }
  },
})
