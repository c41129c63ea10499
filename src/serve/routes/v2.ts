import { VERSION } from '../../core/version.js'
import { inferServer } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** What this server is, in words of the Open Inference Protocol. */
export const v2Route = defineRoute({
  method: 'GET',
  path: '/v2',
  summary: 'Open Inference Protocol: what this server is',
  access: 'open',
  response: inferServer,
  async run() {
    return { name: 'telltale' as const, version: VERSION, extensions: ['model_repository', 'explain'] }
  },
})
