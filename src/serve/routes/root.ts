import { VERSION } from '../../core/version.js'
import { root } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** What this server is. */
export const rootRoute = defineRoute({
  method: 'GET',
  path: '/',
  summary: 'What this server is',
  access: 'open',
  response: root,
  async run() {
    return { name: 'telltale' as const, version: VERSION, openapi: '/openapi.json' as const, page: '/app/' }
  },
})
