import { z } from 'zod'
import { id, job } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Ends a training; one that has ended stays as it is. */
export const cancelJobRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/jobs/{job}/cancel',
  summary: 'Ends a training',
  access: 'operator',
  params: z.object({ job: id }),
  response: job,
  audit: 'job.cancel',
  async run({ params, services: { jobs } }) {
    return jobs.cancel(params.job)
  },
})
