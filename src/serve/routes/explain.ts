import { z } from 'zod'
import { deviceQuery, explainBody, explainResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { explainSeries } from '../scoring/series.js'
import { SERIES_TYPES } from '../tables/media-types.js'

/** Explains the events of a series, highest score first. */
export const explainRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/explain',
  summary: 'Explains the events of a series, highest score first',
  access: 'viewer',
  params: z.object({ model: modelText }),
  query: deviceQuery,
  body: explainBody,
  bodyTypes: SERIES_TYPES,
  response: explainResult,
  async run({ params, query, body, services, signal }) {
    return explainSeries(services, params.model, body, signal, query.device)
  },
})
