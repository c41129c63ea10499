import { z } from 'zod'
import { devicePage, pageQuery } from '../contract/index.js'
import { pageOfItems } from '../http/page.js'
import { defineRoute } from '../http/route.js'
import { deviceFacts } from '../keep/views.js'

/** Devices in the order of their ids. */
export const devicesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/devices',
  summary: 'Devices in the order of their ids',
  access: 'viewer',
  query: z.object(pageQuery),
  response: devicePage,
  async run({ query, services: { keep } }) {
    const devices = [...keep.devices.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    const page = pageOfItems(devices, ({ id }) => id, query)
    return { ...page, items: page.items.map(deviceFacts) }
  },
})
