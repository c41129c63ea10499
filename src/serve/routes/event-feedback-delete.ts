import { z } from 'zod'
import { event, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { takeBack } from '../keep/feedback.js'

/** Takes back what was said of an event. */
export const takeBackFeedbackRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/events/{event}/feedback',
  summary: 'Takes back what was said of an event',
  access: 'operator',
  params: z.object({ event: id }),
  response: event,
  audit: 'feedback.take-back',
  async run({ params, services: { keep, live } }) {
    const found = await takeBack(keep, params.event)
    live.event({ change: 'feedback', event: found })
    return found
  },
})
