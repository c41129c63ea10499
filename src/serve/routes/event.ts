import { z } from 'zod'
import { event, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { eventNamed } from '../keep/feedback.js'

/** An event. */
export const eventRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events/{event}',
  summary: 'An event',
  access: 'viewer',
  params: z.object({ event: id }),
  response: event,
  async run({ params, services: { keep } }) {
    return eventNamed(keep, params.event)
  },
})
