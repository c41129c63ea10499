import { z } from 'zod'
import { id, job } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** A training or an evaluation. */
export const jobRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/jobs/{job}',
  summary: 'A training or an evaluation',
  access: 'viewer',
  params: z.object({ job: id }),
  response: job,
  async run({ params, services: { jobs } }) {
    return jobs.get(params.job)
  },
})
