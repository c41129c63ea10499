import { z } from 'zod'
import { explanation, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { explainEvent } from '../keep/explanation.js'

/** Why an event is one: which channels, in which order, what kind, in one sentence. */
export const eventExplanationRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events/{event}/explanation',
  summary: 'Why an event is one: channels, kind, one sentence',
  access: 'viewer',
  params: z.object({ event: id }),
  response: explanation,
  async run({ params, services, signal }) {
    return explainEvent(services, params.event, signal)
  },
})
