import { z } from 'zod'
import { detectBody, detectResult, deviceQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { detectSeries, detectSeriesTable } from '../scoring/series.js'
import { SERIES_TYPES } from '../tables/media-types.js'

/** Scores a series and finds its events. */
export const detectRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/models/{model}/detect',
  summary: 'Scores a series and finds its events',
  access: 'viewer',
  params: z.object({ model: modelText }),
  query: deviceQuery,
  body: detectBody,
  bodyTypes: SERIES_TYPES,
  response: detectResult,
  async run({ params, query, body, services, signal }) {
    return detectSeries(services, params.model, body, signal, query.device)
  },
  async runTable({ params, query, body, services, signal }) {
    return detectSeriesTable(services, params.model, body, signal, query.device)
  },
})
