import { z } from 'zod'
import { recalibrate } from '../../pipeline/index.js'
import { slug, threshold, thresholdQuery } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { alarmFacts } from '../scoring/model-facts.js'

/** What a rule of thresholds would change, on the calibration scores that the model keeps. */
export const thresholdRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/models/{model}/versions/{version}/threshold',
  summary: 'What a rule of thresholds would change',
  access: 'viewer',
  params: z.object({ model: slug, version: z.string().regex(/^[a-z0-9-]{1,63}$/) }),
  query: thresholdQuery,
  response: threshold,
  async run({ params, query, services: { models } }) {
    const { device, ...rule } = query
    const served = await models.get(`${params.model}@${params.version}`, device)
    const { changes } = await recalibrate(served.model, rule)
    const { alignment } = served.settings
    const change = changes[alignment] as NonNullable<(typeof changes)[typeof alignment]>
    const facts = ({ method, level, flaggedShare, expectedAlarms }: typeof change.before) => {
      return { method, level, flaggedShare, expectedAlarms: alarmFacts(expectedAlarms) }
    }
    return { alignment, samples: change.samples, before: facts(change.before), after: facts(change.after) }
  },
})
