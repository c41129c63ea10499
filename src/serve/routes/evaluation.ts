import { z } from 'zod'
import { evaluationResult, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** What the evaluation of a job found. */
export const evaluationRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/evaluations/{evaluation}',
  summary: 'What the evaluation of a job found',
  access: 'viewer',
  params: z.object({ evaluation: id }),
  response: evaluationResult,
  async run({ params, services: { evaluations } }) {
    return evaluations.get(params.evaluation)
  },
})
