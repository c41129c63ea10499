import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { DAY_MS } from '../../core/milliseconds.js'
import { checkDrift, driftVerdict } from '../../drift/index.js'
import { drift, driftQuery, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { deviceNamed } from '../keep/device-named.js'
import { rangeOf } from '../keep/range.js'
import { readingsOf } from '../keep/views.js'

const MOST_SAMPLES = 200_000

/** What of the readings of a device has changed since the training. */
export const deviceDriftRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/devices/{device}/drift',
  summary: 'What of the readings of a device has changed since the training',
  access: 'viewer',
  params: z.object({ device: id }),
  query: driftQuery,
  response: drift,
  async run({ params, query, services: { keep, models, now } }) {
    const device = deviceNamed(keep, params.device)
    const range = rangeOf(query, device.lastMs ?? now(), DAY_MS)
    const { model, name } = await models.get(device.model, device.name)
    if (model.reference === undefined) throw createError('reference-missing', { model: name })
    const report = checkDrift(model.reference, await readingsOf(keep, device, range, MOST_SAMPLES))
    const { samples, channels } = report
    const { drifted, verdict, reason } = driftVerdict(model.reference, report)
    return {
      device: device.id,
      model: name,
      ...range,
      samples,
      drifted,
      verdict,
      reason,
      channels: channels.map(({ channel, level, missingLevel, ...facts }) => {
        const { psi, wasserstein, meanShift, pValue, missingShare, referenceMissingShare } = facts
        return {
          channel,
          level,
          psi,
          wasserstein,
          meanShift,
          pValue,
          missingShare,
          referenceMissingShare,
          missingLevel,
        }
      }),
    }
  },
})
