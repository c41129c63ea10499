import { listModels } from '../../store/index.js'
import { readyz } from '../contract/index.js'
import { defineRoute } from '../http/route.js'

/** Whether it does its work: 503 while the registry cannot be read, the store cannot be written, a stream has failed or the server stops. */
export const readyzRoute = defineRoute({
  method: 'GET',
  path: '/readyz',
  summary: 'Whether the server does its work',
  access: 'public',
  response: readyz,
  async run({ services, reply }) {
    const { streams, keep, registryFor, isOpen } = services
    const registry = await listModels(registryFor({ name: 'readyz', role: 'viewer' })).then(
      names => ({ ok: true, detail: `${names.length} models` }),
      () => ({ ok: false, detail: 'it cannot be read' }),
    )
    const failed = streams.list().filter(({ state }) => state === 'failed')
    const checks = [
      { name: 'open', ok: isOpen(), detail: isOpen() ? 'takes requests' : 'stops' },
      { name: 'registry', ...registry },
      {
        name: 'store',
        ok: keep.failure === undefined,
        detail: keep.failure === undefined ? 'written' : 'cannot be written',
      },
      {
        name: 'streams',
        ok: failed.length === 0,
        detail: failed.map(({ name }) => name).join(', ') || 'none failed',
      },
    ]
    const isReady = checks.every(({ ok }) => ok)
    if (!isReady) reply.code(503)
    return { status: isReady ? ('ready' as const) : ('not-ready' as const), checks }
  },
})
