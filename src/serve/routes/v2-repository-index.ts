import { listModels } from '../../store/index.js'
import { repositoryIndex } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelFacts } from '../scoring/model-facts.js'

/** Open Inference Protocol: every version of every model. */
export const v2RepositoryIndexRoute = defineRoute({
  method: 'POST',
  path: '/v2/repository/index',
  summary: 'Open Inference Protocol: every version of every model',
  access: 'viewer',
  response: repositoryIndex,
  async run({ user, services: { registryFor } }) {
    const registry = registryFor(user)
    const names = await listModels(registry)
    const all = await Promise.all(names.map(async name => (await modelFacts(registry, name)).versions))
    return all
      .flat()
      .map(({ name, version }) => ({ name, version: String(version), state: 'READY' as const, reason: '' }))
  },
})
