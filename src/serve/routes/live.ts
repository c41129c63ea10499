import { z } from 'zod'
import { liveQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { openSse } from '../http/sse.js'
import { deviceNamed } from '../keep/device-named.js'

/** What happens, as it happens: server-sent events `sample`, `status`, `event`, `coverage` and `drift`. */
export const liveRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/live',
  summary: 'What happens, as it happens: server-sent events sample, status, event, coverage and drift',
  access: 'viewer',
  query: liveQuery,
  response: z.string(),
  responseType: 'text/event-stream',
  async run(call) {
    const { query, services } = call
    const { live, keep } = services
    if (query.device !== undefined) deviceNamed(keep, query.device)
    const sse = openSse(call)
    sse.onClose(live.watch(query.device, ({ type, data }) => sse.send(type, data)))
    return undefined
  },
})
