import { job, jobBody } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { trainingTask } from '../jobs/training-task.js'

/** Starts a training; `Location` is where it is watched. */
export const createJobRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/jobs',
  summary: 'Starts a training',
  access: 'operator',
  body: jobBody,
  response: job,
  status: 202,
  audit: 'job.create',
  takesIdempotencyKey: true,
  async run({ body, user, reply, services }) {
    const made = await services.jobs.add(() => trainingTask(services, user, jobBody.parse(body)))
    reply.header('location', `/api/v1/jobs/${made.id}`)
    return made
  },
})
