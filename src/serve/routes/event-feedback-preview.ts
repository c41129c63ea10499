import { z } from 'zod'
import { feedbackPreview, id, previewQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { previewOf } from '../keep/feedback.js'
import { newestMs } from '../keep/views.js'

/** What a verdict on an event would change. Nothing is kept. */
export const feedbackPreviewRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events/{event}/feedback/preview',
  summary: 'What a verdict on an event would change',
  access: 'viewer',
  params: z.object({ event: id }),
  query: previewQuery,
  response: feedbackPreview,
  async run({ params, query, services: { keep, now } }) {
    return previewOf(keep, params.event, query, newestMs(keep, now()))
  },
})
