import { evaluationBody, job } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { evaluationTask } from '../jobs/evaluation-task.js'

/** Starts an evaluation on an uploaded data set; `Location` is where its job is watched. */
export const createEvaluationRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/evaluations',
  summary: 'Starts an evaluation of a model on an uploaded data set, as a job',
  access: 'operator',
  body: evaluationBody,
  response: job,
  status: 202,
  audit: 'evaluation.create',
  takesIdempotencyKey: true,
  async run({ body, reply, services }) {
    const made = await services.jobs.add(id => evaluationTask(services, id, evaluationBody.parse(body)))
    reply.header('location', `/api/v1/jobs/${made.id}`)
    return made
  },
})
