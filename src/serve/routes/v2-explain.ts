import { z } from 'zod'
import { explainBody, explainResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { explainSeries } from '../scoring/series.js'
import { SERIES_TYPES } from '../tables/media-types.js'

/** Open Inference Protocol: explains the events of a series. */
export const v2ExplainRoute = defineRoute({
  method: 'POST',
  path: '/v2/models/{model}/explain',
  summary: 'Open Inference Protocol: explains the events of a series',
  access: 'viewer',
  params: z.object({ model: modelText }),
  body: explainBody,
  bodyTypes: SERIES_TYPES,
  response: explainResult,
  async run({ params, body, services, signal }) {
    return explainSeries(services, params.model, body, signal)
  },
})
