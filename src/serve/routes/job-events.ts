import { z } from 'zod'
import { id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { openSse } from '../http/sse.js'

/** The progress of a job: server-sent events `job`, the last one when it has ended. */
export const jobEventsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/jobs/{job}/events',
  summary: 'The progress of a job: server-sent events job',
  access: 'viewer',
  params: z.object({ job: id }),
  response: z.string(),
  responseType: 'text/event-stream',
  async run(call) {
    const { params, services } = call
    const { jobs } = services
    const now = jobs.get(params.job)
    const sse = openSse(call)
    const take = (job: typeof now) => {
      sse.send('job', job)
      if (job.endedMs !== null) sse.end()
    }
    take(now)
    if (now.endedMs === null) sse.onClose(jobs.watch(now.id, take))
    return undefined
  },
})
