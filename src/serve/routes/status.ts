import { VERSION } from '../../core/version.js'
import { listModels } from '../../store/index.js'
import { status } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** What the server does, in numbers. */
export const statusRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/status',
  summary: 'What the server does, in numbers',
  access: 'viewer',
  response: status,
  async run({ services, user }) {
    const { keep, counts, scorer, startedMs, now, registryFor } = services
    const openEvents = [...keep.devices.values()].reduce((sum, { open }) => sum + open.size, 0)
    return {
      version: VERSION,
      uptimeSeconds: Math.round((now() - startedMs) / 1000),
      role: user.role,
      models: (await listModels(registryFor(user))).length,
      devices: keep.devices.size,
      openEvents,
      requests: counts.requests,
      scoredWindows: scorer.counts().windows,
      memoryBytes: process.memoryUsage().rss,
    }
  },
})
