import { z } from 'zod'
import { removeAlias } from '../../store/index.js'
import { model, slug } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { modelFacts } from '../scoring/model-facts.js'

/** Removes an alias; its versions stay. */
export const deleteAliasRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/models/{model}/aliases/{alias}',
  summary: 'Removes an alias; its versions stay',
  access: 'operator',
  params: z.object({ model: slug, alias: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/) }),
  response: model,
  audit: 'alias.remove',
  async run({ params, user, services: { registryFor } }) {
    const registry = registryFor(user)
    await removeAlias(registry, params.model, params.alias, 'over the API')
    return (await modelFacts(registry, params.model)).model
  },
})
