import { z } from 'zod'
import { explainBody, explainResult } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelText } from '../scoring/model-text.js'
import { explainSeries } from '../scoring/series.js'
import { SERIES_TYPES } from '../tables/media-types.js'

/** Open Inference Protocol: explains the events of a series. */
export const v2ExplainVersionRoute = defineRoute({
  method: 'POST',
  path: '/v2/models/{model}/versions/{version}/explain',
  summary: 'Open Inference Protocol: explains the events of a series (one version)',
  access: 'viewer',
  params: z.object({ model: modelText, version: z.string().regex(/^[a-z0-9-]{1,63}$/) }),
  body: explainBody,
  bodyTypes: SERIES_TYPES,
  response: explainResult,
  async run({ params, body, services, signal }) {
    return explainSeries(services, `${params.model}@${params.version}`, body, signal)
  },
})
