import { jobPage, jobQuery } from '../contract/index.js'
import { pageOfItems } from '../http/page.js'
import { defineRoute } from '../http/route.js'

/** Trainings and evaluations, newest first. */
export const jobsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/jobs',
  summary: 'Trainings and evaluations, newest first',
  access: 'viewer',
  query: jobQuery,
  response: jobPage,
  async run({ query, services: { jobs } }) {
    return pageOfItems(jobs.list(), ({ id }) => id, query)
  },
})
