import { livez } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Whether the process answers; it needs no key, so that whatever restarts it can ask. */
export const livezRoute = defineRoute({
  method: 'GET',
  path: '/livez',
  summary: 'Whether the process answers',
  access: 'public',
  response: livez,
  async run() {
    return { status: 'ok' as const }
  },
})
