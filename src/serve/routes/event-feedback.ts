import { z } from 'zod'
import { feedbackBody, feedbackResult, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { giveFeedback } from '../keep/feedback.js'

/** Says that an event was expected, a false alarm or confirmed. */
export const giveFeedbackRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/events/{event}/feedback',
  summary: 'Says that an event was expected, a false alarm or confirmed',
  access: 'operator',
  params: z.object({ event: id }),
  body: feedbackBody,
  response: feedbackResult,
  audit: 'feedback.give',
  takesIdempotencyKey: true,
  async run({ params, body, user, services: { keep, live, now } }) {
    const result = await giveFeedback(keep, params.event, body, user.name, now())
    live.event({ change: 'feedback', event: result.event })
    return result
  },
})
