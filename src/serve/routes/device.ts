import { z } from 'zod'
import { deviceDetail, id } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { deviceNamed } from '../keep/device-named.js'
import { deviceFacts, unitOf } from '../keep/views.js'

/** A device, and what its model says of it. */
export const deviceRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/devices/{device}',
  summary: 'A device, and what its model says of it',
  access: 'viewer',
  params: z.object({ device: id }),
  response: deviceDetail,
  async run({ params, services: { keep, models, streams } }) {
    const device = deviceNamed(keep, params.device)
    const { model, settings } = await models.get(device.model, device.name)
    return {
      ...deviceFacts(device),
      firstMs: device.firstMs,
      samples: device.samples,
      cadenceMs: device.cadenceMs,
      window: model.info.window,
      channels: device.channels.map(name => ({ name, unit: unitOf(name) })),
      ...streams.driftsOf(device.stream, device.name),
      level: settings.fitted.level,
    }
  },
})
