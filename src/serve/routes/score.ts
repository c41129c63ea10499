import { z } from 'zod'
import { scoreBody, scoreResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { scoreWindows } from '../scoring/windows.js'

/** Scores windows: each result is that of the last row of its window. A window that cannot be scored does not stop the others. */
export const scoreRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/score',
  summary: 'Scores windows of readings',
  access: 'viewer',
  params: z.object({ model: modelText }),
  body: scoreBody,
  response: scoreResult,
  async run({ params, body, services: { models, scorer, measures } }) {
    const served = await models.get(params.model, body.device)
    const results = await scoreWindows(served, body, scorer)
    measures.metrics.add('telltale_samples_scored_total', results.filter(one => !('error' in one)).length, {
      model: served.version.name,
    })
    return { model: served.name, results }
  },
})
