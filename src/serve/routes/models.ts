import { z } from 'zod'
import { listModels } from '../../store/index.js'
import { modelPage, pageQuery } from '../contract/index.js'
import { pageOfItems } from '../http/page.js'
import { defineRoute } from '../http/route.js'
import { modelFacts } from '../scoring/model-facts.js'

/** Models of the registry, by name. */
export const modelsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/models',
  summary: 'Models of the registry, by name',
  access: 'viewer',
  query: z.object(pageQuery),
  response: modelPage,
  async run({ query, user, services: { registryFor } }) {
    const registry = registryFor(user)
    const page = pageOfItems(await listModels(registry), name => name, query)
    const items = await Promise.all(page.items.map(async name => (await modelFacts(registry, name)).model))
    return { ...page, items }
  },
})
