import { z } from 'zod'
import { evaluateBody, evaluationResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { evaluateSeries } from '../scoring/evaluate-series.js'
import { modelText } from '../scoring/model-text.js'

/** Evaluates a model on a labelled series. */
export const evaluateRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/evaluate',
  summary: 'Evaluates a model on a labelled series, beside three baselines',
  access: 'viewer',
  params: z.object({ model: modelText }),
  body: evaluateBody,
  response: evaluationResult,
  async run({ params, body, services, signal }) {
    return evaluateSeries(services, params.model, body, signal)
  },
})
